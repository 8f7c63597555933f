// Components of the frame. Pages work without this file; it makes them quicker to use.
"use strict";

document.addEventListener("alpine:init", () => {
  Alpine.data("shell", () => ({
    openPalette() {
      document.dispatchEvent(new CustomEvent("open-palette"));
    },
  }));

  // Groups that a person opened or closed stay so in this tab, and so does how far the bar was scrolled.
  Alpine.data("sidebar", () => ({
    init() {
      const kept = JSON.parse(sessionStorage.getItem("sidebar") || "{}");
      this.$root.querySelectorAll("details").forEach((group) => {
        if (kept[group.id] !== undefined && !group.querySelector("[aria-current]")) group.open = kept[group.id];
        group.querySelector("summary").addEventListener("click", () => this.keep(group.id, !group.open));
      });
      this.$root.scrollTop = kept.scroll || 0;
      this.$root.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest" });
      window.addEventListener("pagehide", () => this.keep("scroll", this.$root.scrollTop));
    },
    keep(name, value) {
      const kept = JSON.parse(sessionStorage.getItem("sidebar") || "{}");
      sessionStorage.setItem("sidebar", JSON.stringify({ ...kept, [name]: value }));
    },
  }));

  Alpine.data("palette", () => ({
    init() {
      document.addEventListener("open-palette", () => this.open());
      document.body.addEventListener("htmx:afterSwap", (event) => {
        if (event.target === this.$refs.found) this.choose(0);
      });
    },
    open() {
      if (this.$root.open) return;
      this.$root.showModal();
      this.$refs.text.value = "";
      this.$refs.text.focus();
      htmx.trigger(document.body, "palette");
    },
    closed() {
      this.$refs.found.replaceChildren();
    },
    outside() {
      if (this.$event.target === this.$root) this.$root.close();
    },
    shortcut() {
      const event = this.$event;
      if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
        event.preventDefault();
        this.open();
      }
    },
    links() {
      return [...this.$refs.found.querySelectorAll("a")];
    },
    choose(index) {
      const links = this.links();
      links.forEach((link, place) => {
        link.classList.toggle("chosen", place === index);
        link.setAttribute("aria-selected", String(place === index));
      });
      links[index]?.scrollIntoView({ block: "nearest" });
    },
    keys() {
      const event = this.$event;
      const links = this.links();
      const now = links.findIndex((link) => link.classList.contains("chosen"));
      if (event.isComposing) return;
      if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        event.preventDefault();
        const step = event.key === "ArrowDown" ? 1 : -1;
        if (links.length) this.choose((now + step + links.length) % links.length);
      } else if (event.key === "Enter" && now >= 0) {
        event.preventDefault();
        links[now].click();
      }
    },
  }));

  Alpine.data("selection", () => ({
    count: 0,
    init() {
      this.$refs.all?.removeAttribute("hidden");
      this.$root.addEventListener("change", () => this.recount());
    },
    boxes() {
      return [...this.$root.querySelectorAll("input[name=row]")];
    },
    all() {
      this.boxes().forEach((box) => { box.checked = this.$refs.all.checked; });
      this.recount();
    },
    recount() {
      this.count = this.boxes().filter((box) => box.checked).length;
    },
    get chosen() {
      return this.count ? `${this.count}件を選択中` : "";
    },
  }));

  // What is ticked stands above as a chip; unticked it goes home. Typing narrows what is left.
  Alpine.data("many", () => ({
    count: 0,
    init() {
      this.groups().forEach((group) => { group.dataset.open = group.open; });
      this.$refs.search?.removeAttribute("hidden");
      this.$refs.groups.addEventListener("change", (event) => this.take(event.target.closest("label")));
      this.$refs.chosen.addEventListener("change", (event) => this.giveBack(event.target.closest("label")));
      this.recount();
    },
    groups() {
      return [...this.$refs.groups.children];
    },
    take(row) {
      this.move(row, this.$refs.chosen);
    },
    giveBack(row) {
      this.move(row, this.groups()[row.dataset.home].querySelector(".many-rows"));
    },
    move(row, place) {
      const next = row.nextElementSibling || row.previousElementSibling;
      row.hidden = false;
      place.append(row);
      next?.querySelector("input").focus({ preventScroll: true });
      this.recount();
    },
    folded(text) {
      return text.normalize("NFKC").toLowerCase();
    },
    filter() {
      const words = this.folded(this.$event.target.value).split(/\s+/).filter(Boolean);
      this.groups().forEach((group) => {
        [...group.querySelectorAll("label")].forEach((row) => {
          const text = this.folded(group.firstElementChild.textContent + row.textContent);
          row.hidden = !words.every((word) => text.includes(word));
        });
        const found = group.querySelector("label:not([hidden])") !== null;
        group.hidden = words.length > 0 && !found;
        group.open = words.length > 0 ? found : group.dataset.open === "true";
      });
      this.recount();
    },
    recount() {
      this.count = this.$refs.chosen.children.length;
      this.groups().forEach((group) => {
        group.querySelector("small").textContent = group.querySelectorAll("label:not([hidden])").length;
      });
      this.$refs.none.hidden = this.groups().some((group) => !group.hidden);
    },
  }));
});

// One open menu at a time; a click elsewhere or Escape closes it.
document.addEventListener("click", (event) => {
  document.querySelectorAll("details.menu[open]").forEach((menu) => {
    if (!menu.contains(event.target)) menu.open = false;
  });
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  document.querySelectorAll("details.menu[open]").forEach((menu) => {
    menu.open = false;
    menu.querySelector("summary").focus();
  });
});

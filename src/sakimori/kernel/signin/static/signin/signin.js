/* Passkey refusals in our words, and one button that copies a temporary password. */
(function () {
  'use strict'
  document.addEventListener('allauth.error', function (event) {
    event.preventDefault()
    document.querySelectorAll('[data-passkey-error]').forEach(function (line) { line.hidden = false })
  })
  document.addEventListener('click', function (event) {
    const button = event.target.closest('[data-copy]')
    if (!button || !navigator.clipboard) return
    navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent).then(function () {
      button.textContent = button.dataset.done
    })
  })
})()

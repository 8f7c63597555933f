"""The portal's lines in the side bar."""

from django.utils.translation import gettext_lazy as _

from sakimori.registers import navigation, panels, shell

from .conformity.views import RIGHT as DASHBOARD
from .evidence.views import RIGHT as LEDGER
from .evidence.views import proof_panel

navigation.add(navigation.Entry(_("ホーム"), "portal:home", "home", "work", order=0))
navigation.add(
    navigation.Entry(_("利用者"), "signin_users", "users", "settings", order=10, right="platform.users")
)
navigation.add(
    navigation.Entry(
        _("認証の点検"), "signin_report", "shield-check", "settings", order=20, right="platform.users"
    )
)
shell.add_to_person_menu(navigation.Entry(_("サインインと安全"), "signin_mine", "shield-lock", "settings"))
navigation.add(navigation.Entry(_("用語集"), "portal:glossary", "vocabulary", "documents", order=900))
navigation.add(
    navigation.Entry(_("ダッシュボード"), "portal:dashboard", "gauge", "work", order=5, right=DASHBOARD)
)
navigation.add(navigation.Entry(_("年間の義務"), "portal:duties", "calendar", "operations", order=10))
navigation.add(navigation.Entry(_("指摘"), "portal:findings", "alert-circle", "improvement", order=10))
navigation.add(
    navigation.Entry(_("証跡台帳"), "portal:ledger", "fingerprint", "evidence", order=10, right=LEDGER)
)
navigation.add(
    navigation.Entry(
        _("要求事項への対応"), "portal:conformity", "list-check", "evidence", order=20, right=DASHBOARD
    )
)
navigation.add(
    navigation.Entry(_("実施状況"), "portal:coverage", "checkup-list", "evidence", order=5, right=DASHBOARD)
)
panels.register("proof", proof_panel, tab="history", order=10)

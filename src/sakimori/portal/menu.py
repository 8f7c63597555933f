"""The portal's lines in the side bar."""

from django.utils.translation import gettext_lazy as _

from sakimori.registers import navigation, shell

navigation.add(navigation.Entry(_("ホーム"), "portal:home", "home", "work", order=0))
navigation.add(
    navigation.Entry(_("利用者"), "signin_users", "users", "settings", order=10, right="platform.users")
)
navigation.add(
    navigation.Entry(_("認証の点検"), "signin_report", "shield-check", "settings", order=20, right="platform.users")
)
shell.add_to_person_menu(navigation.Entry(_("サインインと安全"), "signin_mine", "shield-lock", "settings"))
navigation.add(navigation.Entry(_("用語集"), "portal:glossary", "vocabulary", "documents", order=900))

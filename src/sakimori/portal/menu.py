"""The portal's lines in the side bar."""

from django.utils.translation import gettext_lazy as _

from sakimori.registers import navigation

navigation.add(navigation.Entry(_("ホーム"), "portal:home", "home", "work", order=0))

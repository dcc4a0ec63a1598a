"""Who signs in, where they work and as what."""

from typing import Any, Self

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from clinic.models.clinic import Clinic
from clinic.models.links import OneTimeLink
from clinic.scoping import Role, ScopedQuerySet, clinics_of


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str | None = None, password: str | None = None, **fields: Any) -> "User":
        """A user; without `email` for a patient who comes in by paper, without `password` for any patient."""
        user = self.model(email=email.strip().lower() if email else None, **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        return self.create_user(email, password, is_operator=True, **fields)

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email=(username or "").strip().lower())


class User(AbstractBaseUser):
    """Somebody who signs in. What they may see and do is said by their memberships and patients alone."""

    email = models.EmailField(_("e-mail"), unique=True, null=True, blank=True)
    name = models.CharField(_("name"), max_length=120, blank=True)
    language = models.CharField(
        _("language"), max_length=2, choices=[("en", _("English")), ("it", _("Italian"))], default="en"
    )
    is_active = models.BooleanField(_("active"), default=True)
    is_operator = models.BooleanField(
        _("operator"),
        default=False,
        help_text=_("Runs the installation and the shared library; sees no patient."),
    )
    # Part of the session's hash: counting it up ends every session of this user at once.
    session_epoch = models.PositiveIntegerField(default=0, editable=False)
    joined_at = models.DateTimeField(auto_now_add=True)

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        ordering = ["name", "pk"]
        constraints = [
            # One address, one user, however it is typed.
            models.CheckConstraint(name="user_email_lower_case", condition=Q(email=Lower("email"))),
        ]

    def __str__(self) -> str:
        return self.name or self.email or f"#{self.pk}"

    def get_session_auth_hash(self) -> str:
        return f"{super().get_session_auth_hash()}.{self.session_epoch}"

    def get_session_auth_fallback_hash(self) -> Any:
        for fallback in super().get_session_auth_fallback_hash():
            yield f"{fallback}.{self.session_epoch}"

    @cached_property
    def roles(self) -> frozenset[str]:
        """The roles that this user has somewhere; asked of the database once per request."""
        if not self.is_active:
            return frozenset()
        return frozenset(self.memberships.filter(ended_at__isnull=True).values_list("role", flat=True))

    @property
    def is_staff(self) -> bool:
        """Whether the admin side is for this user at all. Django's admin asks it."""
        return self.is_active and (self.is_operator or bool(self.roles))

    def has_perm(self, perm: str, obj: object = None) -> bool:
        """Django's own permissions are not used here: roles say it (clinic.admin.scoped)."""
        return False

    def has_perms(self, perm_list: Any, obj: object = None) -> bool:
        return False

    def has_module_perms(self, app_label: str) -> bool:
        return False


class MembershipQuerySet(ScopedQuerySet):
    def active(self) -> Self:
        return self.filter(ended_at__isnull=True)

    def visible_to(self, user: Any) -> Self:
        """Colleagues see each other's names and roles."""
        return self.filter(clinic_id__in=clinics_of(user))


class Membership(models.Model):
    """Where somebody works and as what. Ended, never deleted, so that old records keep their author."""

    Role = Role

    user = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="memberships", verbose_name=_("person")
    )
    clinic = models.ForeignKey(
        Clinic, on_delete=models.PROTECT, related_name="memberships", verbose_name=_("clinic")
    )
    role = models.CharField(_("role"), max_length=12, choices=Role.choices)
    started_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name = _("member of staff")
        verbose_name_plural = _("staff")
        ordering = ["user__name", "pk"]
        constraints = [
            models.UniqueConstraint(name="membership_once", fields=["user", "clinic", "role"]),
            models.CheckConstraint(name="membership_role_known", condition=Q(role__in=Role.values)),
        ]

    def __str__(self) -> str:
        return f"{self.user} ({self.get_role_display()})"


class StaffInvitationQuerySet(ScopedQuerySet):
    def visible_to(self, user: Any) -> Self:
        return self.filter(clinic_id__in=clinics_of(user, {Role.MANAGER}))


class StaffInvitation(OneTimeLink):
    """A manager's invitation to work in the clinic; its link leads to choosing a password or passkey."""

    clinic = models.ForeignKey(Clinic, on_delete=models.CASCADE, related_name="staff_invitations")
    email = models.EmailField(_("e-mail"))
    name = models.CharField(_("name"), max_length=120)
    role = models.CharField(_("role"), max_length=12, choices=Role.choices)
    invited_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True, blank=True)

    objects = StaffInvitationQuerySet.as_manager()

    class Meta(OneTimeLink.Meta):
        verbose_name = _("invitation of staff")
        verbose_name_plural = _("invitations of staff")

    def __str__(self) -> str:
        return f"{self.name} ({self.get_role_display()})"

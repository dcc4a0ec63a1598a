"""`manage.py create_clinic`: a new clinic, and the invitation of its first manager."""

import argparse
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from clinic import audit
from clinic.models import Clinic
from clinic.notices.writing import absolute
from clinic.scoping import Role
from clinic.signin import links
from clinic.signin.staff import invite_staff


class Command(BaseCommand):
    help = "Make a clinic and invite its first manager by mail; the link is printed, too."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--name", required=True, help="as patients read it")
        parser.add_argument("--slug", required=True, help="short name: letters, digits, hyphens")
        parser.add_argument("--manager-email", required=True)
        parser.add_argument("--manager-name", required=True)
        parser.add_argument("--time-zone", default="Europe/Rome", help="for example Europe/Rome")
        parser.add_argument("--language", default="en", choices=[code for code, _name in settings.LANGUAGES])

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        now = timezone.now()
        clinic = Clinic(
            name=options["name"],
            slug=options["slug"],
            time_zone=options["time_zone"],
            language=options["language"],
        )
        try:
            clinic.full_clean()
            clinic.save()
            audit.write(verb=audit.Verb.ADDED, obj=clinic, actor=None, clinic=clinic, now=now)
            invitation = invite_staff(
                clinic=clinic,
                email=options["manager_email"],
                name=options["manager_name"],
                role=Role.MANAGER,
                by=None,
                now=now,
            )
        except ValidationError as wrong:
            raise CommandError(_sentences(wrong)) from wrong
        self.stdout.write(f"{clinic.name} is there. Its manager is invited by mail, and comes in here:")
        self.stdout.write(absolute(links.path("staff_invitation", invitation)))
        self.stdout.write("The link works once, for 14 days. Until the manager has entered the clinic's")
        self.stdout.write("emergency numbers, no programme can start.")


def _sentences(wrong: ValidationError) -> str:
    return " ".join(f"{field}: {' '.join(texts)}" for field, texts in wrong.message_dict.items())

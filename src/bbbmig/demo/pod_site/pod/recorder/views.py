"""The claim page and its form."""

from pathlib import PurePath

from django import forms
from django.conf import settings
from django.contrib.auth.decorators import user_passes_test
from django.contrib.auth.models import User
from django.contrib.sites.shortcuts import get_current_site
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from pod.recorder.models import Recorder, Recording, RecordingFileTreatment

staff_only = user_passes_test(lambda user: user.is_staff, redirect_field_name="referrer")


@staff_only
def claim_record(request: HttpRequest) -> HttpResponse:
    """Show every claimable file of the site, 12 a page, to any staff user.

    One file without a recorder makes this page fail for everybody.
    """
    site = get_current_site(request)
    claimable = RecordingFileTreatment.objects.filter(require_manual_claim=True)
    elsewhere = [found.pk for found in claimable if site not in found.recorder.sites.all()]
    records = Paginator(claimable.exclude(pk__in=elsewhere).order_by("-date_added"), 12)
    return render(request, "claim_record.html", {"records": records.get_page(request.GET.get("page"))})


class ClaimForm(forms.ModelForm):
    """What a user may change before claiming: the title."""

    class Meta:
        model = Recording
        fields = ("title", "source_file", "recorder", "type")
        widgets = {"recorder": forms.HiddenInput(), "type": forms.HiddenInput()}  # noqa: RUF012 - as Django wants it

    def __init__(self, *args: object, **options: object) -> None:
        """Look which files there are now: the field that Django would make looks once and for all."""
        super().__init__(*args, **options)
        self.fields["source_file"] = forms.FilePathField(
            path=settings.DEFAULT_RECORDER_PATH, recursive=True, widget=forms.HiddenInput()
        )


@staff_only
def add_recording(request: HttpRequest) -> HttpResponse:
    """Claim a file; the address of this page was put together without encoding, which cuts some names."""
    recorder = Recorder.objects.filter(pk=request.GET.get("recorder")).first()
    if recorder is None or not request.GET.get("mediapath"):
        raise PermissionDenied
    initial = {
        "title": request.GET.get("course_title", ""),
        "source_file": str(PurePath(settings.DEFAULT_RECORDER_PATH, request.GET["mediapath"])),
        "recorder": recorder,
        "type": recorder.recording_type,
    }
    form = ClaimForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        claim(form.save(commit=False), request.user)
        return redirect("dashboard")
    return render(request, "add_recording.html", {"form": form})


def claim(recording: Recording, user: User) -> None:
    """Give a file to a user: it becomes a draft video of theirs and is no longer claimable."""
    recording.user = user
    recording.save()
    RecordingFileTreatment.objects.get(file=recording.source_file).delete()

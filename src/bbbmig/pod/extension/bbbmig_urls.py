"""External recordings over REST: the one file that Esup-Pod needs for `bbbmig import-links`.

What it is. Pod keeps "My external videos" in a table that its REST interface does not show. This file adds that
table at /rest/external_recordings/ and changes nothing else: no pip package, no application, no migration, no change
to a file of Pod. It was written for Esup-Pod 3.8 and 4 (Django 3.2 and 4.2). It is not part of Esup-Pod.

To install it. Put it into Pod's tree as pod/custom/bbbmig_urls.py, on every machine that shares the settings (web,
encoding workers), add this line to pod/custom/settings_local.py, and restart Pod:

    ROOT_URLCONF = "pod.custom.bbbmig_urls"

If your site sets ROOT_URLCONF already, leave it and put this into the URL file that it names:

    from pod.custom.bbbmig_urls import bbbmig_urlpatterns
    urlpatterns = bbbmig_urlpatterns + urlpatterns

To remove it. Take the line away, restart Pod, delete this file. What was created stays in Pod.

Who may use it. As everywhere in Pod's REST interface: users who are staff, by token or password.

    GET  /rest/external_recordings/          list, oldest id first. Filters: source_url, source_url__startswith, owner,
                                             owner__username, site; page, page_size (12, at most 5000). An unknown
                                             or empty parameter is refused: it would silently give every row.
    POST /rest/external_recordings/          create one: 201, or 200 with the row that exists
    GET  /rest/external_recordings/ID/       one
    POST /rest/external_recordings/bulk/     create up to 1000: [{…}, …]; the reply has one result for each row:
                                             {"created": 1, "existing": 1, "failed": 1, "results": [
                                              {"index": 0, "id": 7, "created": true},
                                              {"index": 1, "id": 3, "created": false},
                                              {"index": 2, "error": {"owner": ["…"]}}]}
    POST /rest/external_recordings/delete/   {"prefix": "https://old.example/", "dry": true}, with "site": 1 if wanted,
                                             or {"ids": [3, 7], "dry": false}; gives {"count": 2, "dry": false}
    GET  /rest/external_recordings/version/  {"version": "1.2", "site": 1, "page": "/import_video/", "bulk_max": 1000,
                                             "page_size_max": 5000}; page: null if Pod hides the users' page

    POST /rest/bbbmig/encodings/             {"ids": [3]}: videos whose encoding was killed are said to be encoded for
                                             ever, and Pod begins no second time. This takes that mark away from
                                             those that were never encoded; gives {"count": 1}
    GET  /rest/bbbmig/videos/?ids=3,7        how these videos stand, at most 500, each of them that exists once:
                                             {"results": [{"id", "slug", "title", "owner" (user name),
                                             "date_added", "is_draft", "encoding_in_progress", "encoded", "duration"}]}
    POST /rest/bbbmig/captions/              {"video": 3, "lang": "fr", "text": "WEBVTT…"}: subtitles of a video where
                                             USE_PODFILE is False and Pod's own routes cannot have them; 201, or 200
                                             if it has some of that language: {"id": 5, "created": true}

A row to create: {"name", "source_url", "owner": id of a staff user} and, if wanted, "site" (id; the current one),
"type" ("bigbluebutton"), "start_at" (now), "record_id". It exists if that owner has that very source_url on that
site; with a record_id also if one of the owner's addresses has it as a part of the path or as a parameter's value
(the same recording under another address). Rows that exist are never changed.

Two clients may create the same rows at the same time: the owners' rows are locked first, so that each is made once.

Copyright (C) the authors of bbbmig. SPDX-License-Identifier: LGPL-3.0-or-later
"""

# Old Pods run on old Pythons: nothing here needs more than 3.7.
from __future__ import annotations

# First of all, so that no name of Pod's URL file replaces one of ours; Django looks for error handlers here.
from pod.urls import *

# isort: split
import logging
import random
import re
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any
from urllib.parse import urlsplit

from django.contrib.auth.models import User
from django.contrib.sites.models import Site
from django.contrib.sites.shortcuts import get_current_site
from django.core.files.base import ContentFile
from django.db import DatabaseError, OperationalError, connection, transaction
from django.db.models import QuerySet
from django.db.models.functions import Substr
from django.urls import NoReverseMatch, path, reverse
from django.utils import timezone
from pod.completion.models import Track
from pod.import_video.models import ExternalRecording
from pod.urls import urlpatterns as pod_urlpatterns
from pod.video.models import Video
from rest_framework import serializers, status
from rest_framework.exceptions import APIException, NotFound
from rest_framework.pagination import PageNumberPagination
from rest_framework.parsers import JSONParser
from rest_framework.permissions import IsAdminUser
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

VERSION = "1.2"
BULK_MAX = 1000
PAGE_SIZE_MAX = 5000

COLUMNS = ("id", "name", "start_at", "type", "source_url", "site", "owner", "owner__username")
RECORD_ID_MIN = 16
"""Characters of the shortest record_id: shorter parts of addresses are words that many have in common."""
IN_MAX = 500
"""Values in one `IN (…)`: SQLite before 3.32 takes 999 variables in a statement."""
CAPTIONS_MAX = 16 * 1024 * 1024
"""Characters of one file of captions."""
KEY_MAX = 2**31 - 1
"""The largest id that every database can look for."""
WAITS_S = (0.05, 0.1, 0.2, 0.4, 0.8, 1.6)
"""Pauses before trying again a transaction that the database broke off in favour of another one."""

log = logging.getLogger(__name__)


# What a client may send


class StrictSerializer(serializers.Serializer):
    """Refuse keys that it does not know: a misspelt filter or date must not be ignored."""

    def to_internal_value(self, data: Any) -> Any:
        """Check the keys, then the values."""
        unknown = sorted(set(data) - set(self.fields)) if hasattr(data, "keys") else []
        if unknown:
            raise serializers.ValidationError({key: ["unknown; known: " + ", ".join(self.fields)] for key in unknown})
        return super().to_internal_value(data)


def key_field(**options: Any) -> serializers.IntegerField:
    """Make a field for the id of a row."""
    return serializers.IntegerField(min_value=1, max_value=KEY_MAX, **options)


def model_field(name: str) -> Any:
    """Return a field of Pod's model: its limits and choices are Pod's to say."""
    return ExternalRecording._meta.get_field(name)


def check_web_address(url: str) -> None:
    """Refuse what is no address of http or https: Pod shows it to users as a link."""
    try:
        parts = urlsplit(url)
        good = parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        good = False
    if not good or re.search(r"[\s\x00-\x1f]", url):
        raise serializers.ValidationError("not an address of http or https")


def parts_of(url: str) -> set[str]:
    """Cut an address into the parts of its path and the values of its parameters."""
    return set(re.split("[/?&=#;]", url))


class Row(StrictSerializer):
    """An external recording to create; owner and site are looked up later, for all rows at once."""

    name = serializers.CharField(max_length=model_field("name").max_length)
    source_url = serializers.CharField(max_length=model_field("source_url").max_length, validators=[check_web_address])
    owner = key_field()
    site = key_field(required=False)
    type = serializers.ChoiceField(choices=model_field("type").choices, default=model_field("type").default)
    start_at = serializers.DateTimeField(required=False)
    record_id = serializers.CharField(required=False, min_length=RECORD_ID_MIN, max_length=250)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Check that record_id identifies this row, so that it cannot match everything by mistake."""
        if "record_id" in attrs and attrs["record_id"] not in parts_of(attrs["source_url"]):
            raise serializers.ValidationError({"record_id": ["not a part of source_url"]})
        return attrs


class Filters(StrictSerializer):
    """Parameters of the list."""

    source_url = serializers.CharField(required=False, trim_whitespace=False)
    source_url__startswith = serializers.CharField(required=False, trim_whitespace=False)
    owner = key_field(required=False)
    owner__username = serializers.CharField(required=False, trim_whitespace=False)
    site = key_field(required=False)
    page = serializers.CharField(required=False)
    page_size = serializers.IntegerField(required=False, min_value=1, max_value=PAGE_SIZE_MAX)
    format = serializers.CharField(required=False)  # read by REST framework itself


class DeleteOrder(StrictSerializer):
    """What to delete; `dry` has no default, so that nobody deletes by leaving it out."""

    prefix = serializers.CharField(required=False)
    ids = serializers.ListField(child=key_field(), required=False, allow_empty=False, max_length=BULK_MAX)
    site = key_field(required=False)
    dry = serializers.BooleanField()

    def validate_prefix(self, prefix: str) -> str:
        """Ask for a whole host name and the slash after it: all that is shorter may mean other servers too."""
        if re.match(r"https?://[^/\s]+/", prefix) is None:
            raise serializers.ValidationError("begin with scheme, host and slash: https://old.example/")
        return prefix

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Take either a prefix or ids."""
        if ("prefix" in attrs) == ("ids" in attrs):
            raise serializers.ValidationError("either prefix or ids")
        return attrs


class VideoNumbers(StrictSerializer):
    """Videos by their numbers."""

    ids = serializers.ListField(child=key_field(), allow_empty=False, max_length=BULK_MAX)


class VideoList(StrictSerializer):
    """Videos by their numbers, in an address."""

    ids = serializers.RegexField(r"\A[0-9]{1,9}(,[0-9]{1,9}){0,499}\Z")
    format = serializers.CharField(required=False)  # read by REST framework itself


class Captions(StrictSerializer):
    """Subtitles for one video, as WebVTT."""

    video = key_field()
    lang = serializers.ChoiceField(choices=Track._meta.get_field("lang").choices)
    text = serializers.CharField(max_length=CAPTIONS_MAX, trim_whitespace=False)

    def validate_text(self, text: str) -> str:
        """Take WebVTT only: browsers show nothing else."""
        if re.match(r"\ufeff?WEBVTT(\s|\Z)", text) is None:
            raise serializers.ValidationError("not WebVTT: it begins with that word")
        return text


# Reading


def rows_filtered(filters: dict[str, Any]) -> QuerySet:
    """Return the rows that are exactly as asked, whatever the database takes for equal."""
    rows = ExternalRecording.objects.order_by("pk")
    for key in ("owner", "site"):
        if key in filters:
            rows = rows.filter(**{key: filters[key]})
    if "owner__username" in filters:
        # MariaDB finds Jean.Dupont for jéan.dupont: compare again.
        found = User.objects.filter(username=filters["owner__username"]).values_list("pk", "username")
        rows = rows.filter(owner__in=[pk for pk, username in found if username == filters["owner__username"]])
    if "source_url" in filters:
        # "=" ignores case and accents on MariaDB, "startswith" ignores case on SQLite; both together do not.
        url = filters["source_url"]
        rows = rows.filter(source_url=url, source_url__startswith=url)
    if "source_url__startswith" in filters:
        prefix = filters["source_url__startswith"]
        rows = rows.annotate(head=Substr("source_url", 1, len(prefix)))
        rows = rows.filter(source_url__startswith=prefix, head=prefix)
    return rows


def chunks(values: Iterable[int]) -> Iterator[list[int]]:
    """Cut ids into lists that fit into one statement, the smallest first."""
    values = sorted(values)
    for start in range(0, len(values), IN_MAX):
        yield values[start : start + IN_MAX]


def videos_seen(ids: Iterable[int]) -> Iterator[dict[str, Any]]:
    """Say how videos stand: a few statements for all of them, where Pod's own routes need ten for each."""
    columns = ("pk", "slug", "title", "owner__username", "date_added", "is_draft", "encoding_in_progress", "duration")
    for some in chunks(set(ids)):
        rows = Video.objects.filter(pk__in=some).order_by("pk").values(*columns)
        encoded = encoded_among(some)
        for row in rows:
            row.update(id=row["pk"], owner=row.pop("owner__username"), encoded=row.pop("pk") in encoded)
            yield row


def encoded_among(ids: list[int]) -> set[int]:
    """Return the ids of those that play, by the three signs that `Video.encoded` asks for one by one."""
    signs = (
        {"playlistvideo__name": "playlist", "playlistvideo__encoding_format": "application/x-mpegURL"},
        {"encodingvideo__encoding_format": "video/mp4"},
        {"encodingaudio__name": "audio", "encodingaudio__encoding_format": "video/mp4"},
    )
    return {pk for sign in signs for pk in Video.objects.filter(pk__in=ids, **sign).values_list("pk", flat=True)}


# Writing


class Busy(APIException):
    """The database broke off our transaction again and again: the client may send the same request once more."""

    status_code = status.HTTP_503_SERVICE_UNAVAILABLE
    default_detail = "the database is busy: send this again"
    default_code = "busy"
    wait = 5  # REST framework makes Retry-After of it


def is_conflict(error: BaseException) -> bool:
    """Tell whether the database gave way to another transaction: the same work may succeed a moment later."""
    cause = error.__cause__ or error
    sql_state = getattr(cause, "sqlstate", None) or getattr(cause, "pgcode", None)  # psycopg 3, psycopg2
    if sql_state in ("40001", "40P01", "55P03"):  # serialisation, deadlock, lock not available
        return True
    if cause.args and cause.args[0] in (1205, 1213):  # MariaDB, MySQL: lock wait, deadlock
        return True
    return connection.vendor == "sqlite" and "locked" in str(cause)


def in_transaction(work: Callable[[], Any]) -> Any:
    """Do the work in one transaction, again from its start when the database breaks it off."""
    for wait in (*WAITS_S, None):
        try:
            with transaction.atomic():
                return work()
        except OperationalError as error:
            if not is_conflict(error):
                raise
            if wait is None:
                raise Busy from error
            log.info("bbbmig: trying again in %.2f s: %s", wait, error)
            time.sleep(wait * random.uniform(0.5, 1.0))  # noqa: S311 - so that two do not collide again
    raise AssertionError  # the loop returns or raises


def lock_owners(owners: Iterable[int]) -> set[int]:
    """Lock users, always in the same order so that two clients cannot wait for each other; return the staff.

    Nobody else can then create rows for them through this file until the transaction ends.
    """
    features = connection.features
    if not features.has_select_for_update:
        # SQLite has one writer at a time: become it before reading, by a write that changes nothing.
        ExternalRecording.objects.filter(pk=0).update(state=None)
    staff: set[int] = set()
    for some in chunks(owners):
        users = User.objects.filter(pk__in=some).order_by("pk")
        # PostgreSQL can let others refer to these users meanwhile.
        users = users.select_for_update(no_key=features.has_select_for_no_key_update)
        limits = model_field("owner").get_limit_choices_to()  # is_staff, says Pod
        staff.update(users.complex_filter(limits).values_list("pk", flat=True))
    return staff


class Known:
    """The rows of some owners, findable by address and by record_id: their ids, or rows that are not saved yet."""

    def __init__(self, owners: Iterable[int], *, by_part: bool) -> None:
        """Read them; `by_part` if there are record_ids to be found."""
        self.by_part = by_part
        self.rows: dict[tuple[Any, ...], Any] = {}
        for some in chunks(owners):
            rows = ExternalRecording.objects.filter(owner__in=some).order_by("-pk")
            for pk, owner, site, url in rows.values_list("pk", "owner", "site", "source_url"):
                self.add(pk, owner, site, url)

    def add(self, row: Any, owner: int, site: int, url: str) -> None:
        """Remember one."""
        self.rows[owner, site, url] = row
        if self.by_part:
            self.rows.update(((owner, site, None, part), row) for part in parts_of(url) if len(part) >= RECORD_ID_MIN)

    def find(self, owner: int, site: int, url: str, record_id: str | None = None) -> Any:
        """Find one, None if it does not exist."""
        return self.rows.get((owner, site, url)) or self.rows.get((owner, site, None, record_id))


def store(rows: list[dict[str, Any]], site: Site) -> list[dict[str, Any]]:
    """Create what does not exist; give for each row {"id", "created"} or {"error"}, in their order.

    Raise Busy when the database stays locked.
    """
    return in_transaction(lambda: store_once(rows, site)) if rows else []


def store_once(rows: list[dict[str, Any]], site: Site) -> list[dict[str, Any]]:
    """Do what `store` says, inside a transaction."""
    staff = lock_owners({row["owner"] for row in rows})
    sites = set(Site.objects.values_list("pk", flat=True))
    known = Known(staff, by_part=any("record_id" in row for row in rows))
    results: list[dict[str, Any]] = []
    new: list[ExternalRecording] = []
    for row in rows:
        place = (row["owner"], row.get("site", site.pk))
        error = errors_of(*place, staff, sites)
        if error:
            results.append({"error": error})
            continue
        found = known.find(*place, row["source_url"], row.get("record_id"))
        if found is None:
            new.append(make(row, *place))
            known.add(new[-1], *place, row["source_url"])
        results.append({"id": found or new[-1], "created": found is None})
    insert(new)
    return [with_id(result) for result in results]


def errors_of(owner: int, site: int, staff: set[int], sites: set[int]) -> dict[str, list[str]]:
    """Say, in the words of REST framework, which of the two does not exist or may not be taken."""
    message = serializers.PrimaryKeyRelatedField.default_error_messages["does_not_exist"]
    checks = (("owner", owner, staff), ("site", site, sites))
    return {key: [message.format(pk_value=pk)] for key, pk, allowed in checks if pk not in allowed}


def make(row: dict[str, Any], owner: int, site: int) -> ExternalRecording:
    """Make a row of the model, not saved yet."""
    return ExternalRecording(
        name=row["name"],
        source_url=row["source_url"],
        owner_id=owner,
        site_id=site,
        type=row["type"],
        start_at=row.get("start_at") or timezone.now(),
    )


def insert(new: list[ExternalRecording]) -> None:
    """Insert rows in a few statements and set their ids.

    If the database refuses any (an emoji in MySQL's old "utf8"), insert them one by one; those without an id
    afterwards say why in `refusal`.
    """
    try:
        with transaction.atomic():
            ExternalRecording.objects.bulk_create(new)
    except DatabaseError as error:
        if is_conflict(error):
            raise
        log.warning("bbbmig: a row was refused, inserting one by one: %s", error)
        insert_one_by_one(new)
        return
    if any(row.pk is None for row in new):
        # MySQL, and SQLite under Django 3.2, do not tell. The owners are locked: an equal row can only be ours.
        known = Known({row.owner_id for row in new}, by_part=False)
        for row in new:
            row.pk = known.find(row.owner_id, row.site_id, row.source_url)


def insert_one_by_one(new: list[ExternalRecording]) -> None:
    """Insert rows, each for itself."""
    for row in new:
        try:
            with transaction.atomic():
                row.save(force_insert=True)
        except DatabaseError as error:
            if is_conflict(error):
                raise
            row.refusal = f"refused by the database: {error}"


def with_id(result: dict[str, Any]) -> dict[str, Any]:
    """Put the id in the place of a row that was new."""
    row = result.get("id")
    if not isinstance(row, ExternalRecording):
        return result
    if row.pk is None:
        return {"error": {"non_field_errors": [row.refusal]}}
    return {**result, "id": row.pk}


def delete(order: dict[str, Any]) -> int:
    """Delete what was ordered, or only count it; return how many rows."""
    rows = ExternalRecording.objects.all()
    if "site" in order:
        rows = rows.filter(site=order["site"])
    if "prefix" in order:
        # Compared again here: to SQLite, HTTPS://OLD.example/ has the same beginning.
        found = rows.filter(source_url__startswith=order["prefix"]).values_list("pk", "source_url")
        ids = [pk for pk, url in found if url.startswith(order["prefix"])]
    else:
        ids = [pk for some in chunks(order["ids"]) for pk in rows.filter(pk__in=some).values_list("pk", flat=True)]
    if order["dry"]:
        return len(ids)
    return sum(ExternalRecording.objects.filter(pk__in=some).delete()[0] for some in chunks(ids))


def give_captions(order: dict[str, Any]) -> tuple[int, bool]:
    """Give subtitles to a video unless it has some of that language; return the track's id, and whether it is new."""
    videos = Video.objects.filter(pk=order["video"])
    if connection.features.has_select_for_update:
        videos = videos.select_for_update()  # two clients, one after the other
    else:
        ExternalRecording.objects.filter(pk=0).update(state=None)  # become SQLite's one writer, as in `lock_owners`
    video = videos.first()
    if video is None:
        message = serializers.PrimaryKeyRelatedField.default_error_messages["does_not_exist"]
        raise serializers.ValidationError({"video": [message.format(pk_value=order["video"])]})
    known = Track.objects.filter(video=video, lang=order["lang"], kind="subtitles").exclude(src=None).first()
    if known is not None:
        return known.pk, False
    file = Track._meta.get_field("src").related_model()
    if hasattr(file, "folder_id"):
        raise serializers.ValidationError("with USE_PODFILE, /rest/files/ and /rest/tracks/ take captions")
    file.file.save("caption_{}_{}.vtt".format(video.pk, order["lang"]), ContentFile(order["text"].encode()))
    return Track.objects.create(video=video, lang=order["lang"], kind="subtitles", src=file).pk, True


# The views


class View(APIView):
    """JSON only, staff only; who somebody is, is found out as Pod's settings say."""

    permission_classes = [IsAdminUser]
    parser_classes = [JSONParser]
    renderer_classes = [JSONRenderer]


class Pages(PageNumberPagination):
    """Pages as Pod's, of a size that the client may choose."""

    page_size_query_param = "page_size"
    max_page_size = PAGE_SIZE_MAX


class ExternalRecordings(View):
    """The list, and creating one."""

    def get(self, request: Request) -> Response:
        """List."""
        twice = [key for key, values in request.query_params.lists() if len(values) > 1]
        if twice:
            raise serializers.ValidationError({key: ["given more than once"] for key in twice})
        filters = Filters(data=request.query_params.dict())
        filters.is_valid(raise_exception=True)
        pages = Pages()
        rows = pages.paginate_queryset(rows_filtered(filters.validated_data).values(*COLUMNS), request, view=self)
        return pages.get_paginated_response(rows)

    def post(self, request: Request) -> Response:
        """Create one, unless it exists."""
        row = Row(data=request.data)
        row.is_valid(raise_exception=True)
        (result,) = store([row.validated_data], get_current_site(request))
        if "error" in result:
            raise serializers.ValidationError(result["error"])
        created = ExternalRecording.objects.filter(pk=result["id"]).values(*COLUMNS).get()
        if not result["created"]:
            return Response(created)
        address = request.build_absolute_uri(reverse("bbbmig-one", kwargs={"pk": result["id"]}))
        return Response(created, status=status.HTTP_201_CREATED, headers={"Location": address})


class One(View):
    """One external recording."""

    def get(self, request: Request, pk: int) -> Response:
        """Show it."""
        row = ExternalRecording.objects.filter(pk=min(pk, KEY_MAX)).values(*COLUMNS).first()
        if row is None:
            raise NotFound
        return Response(row)


class Bulk(View):
    """Creating many."""

    def post(self, request: Request) -> Response:
        """Create those that do not exist; a bad row is told in its result and does not hinder the others."""
        if not isinstance(request.data, list) or len(request.data) > BULK_MAX:
            raise serializers.ValidationError(f"send a list of at most {BULK_MAX} rows")
        check = Row()
        good, results = [], {}
        for index, data in enumerate(request.data):
            try:
                good.append((index, check.run_validation(data)))
            except serializers.ValidationError as error:
                results[index] = {"error": error.detail}
        stored = store([row for _, row in good], get_current_site(request))
        for (index, _), result in zip(good, stored):
            results[index] = result
        return Response(
            {
                "created": sum(result.get("created") is True for result in results.values()),
                "existing": sum(result.get("created") is False for result in results.values()),
                "failed": sum("error" in result for result in results.values()),
                "results": [{"index": index, **results[index]} for index in sorted(results)],
            }
        )


class Delete(View):
    """Deleting many."""

    def post(self, request: Request) -> Response:
        """Delete, or count only."""
        order = DeleteOrder(data=request.data)
        order.is_valid(raise_exception=True)
        count = in_transaction(lambda: delete(order.validated_data))
        return Response({"count": count, "dry": order.validated_data["dry"]})


class Encodings(View):
    """Encodings that were killed."""

    def post(self, request: Request) -> Response:
        """Take the mark away that says a video is being encoded, so that `launch_encode_view` begins once more."""
        order = VideoNumbers(data=request.data)
        order.is_valid(raise_exception=True)
        stuck = Video.objects.filter(encoding_in_progress=True)

        def clear() -> int:
            # Not by the duration: Pod's encoder writes it first of all.
            lots = [(some, encoded_among(some)) for some in chunks(order.validated_data["ids"])]
            ids = [[pk for pk in some if pk not in encoded] for some, encoded in lots]
            return sum(stuck.filter(pk__in=some).update(encoding_in_progress=False) for some in ids)

        return Response({"count": in_transaction(clear)})


class VideosSeen(View):
    """How videos stand."""

    def get(self, request: Request) -> Response:
        """Say it."""
        order = VideoList(data=request.query_params.dict())
        order.is_valid(raise_exception=True)
        return Response({"results": list(videos_seen(map(int, order.validated_data["ids"].split(","))))})


class GiveCaptions(View):
    """Subtitles of videos."""

    def post(self, request: Request) -> Response:
        """Give them once."""
        order = Captions(data=request.data)
        order.is_valid(raise_exception=True)
        pk, created = in_transaction(lambda: give_captions(order.validated_data))
        code = status.HTTP_201_CREATED if created else status.HTTP_200_OK
        return Response({"id": pk, "created": created}, status=code)


class Version(View):
    """What this file is and can do."""

    def get(self, request: Request) -> Response:
        """Tell it."""
        return Response(
            {
                "version": VERSION,
                "site": get_current_site(request).pk,
                "page": address_of_page(),
                "bulk_max": BULK_MAX,
                "page_size_max": PAGE_SIZE_MAX,
            }
        )


def address_of_page() -> str | None:
    """Return the path of "My external videos", None if this Pod does not show it (USE_IMPORT_VIDEO = False)."""
    try:
        return reverse("import_video:external_recordings")
    except NoReverseMatch:
        return None


bbbmig_urlpatterns = [
    path("rest/external_recordings/", ExternalRecordings.as_view()),
    path("rest/external_recordings/<int:pk>/", One.as_view(), name="bbbmig-one"),
    path("rest/external_recordings/bulk/", Bulk.as_view()),
    path("rest/external_recordings/delete/", Delete.as_view()),
    path("rest/external_recordings/version/", Version.as_view()),
    path("rest/bbbmig/encodings/", Encodings.as_view()),
    path("rest/bbbmig/videos/", VideosSeen.as_view()),
    path("rest/bbbmig/captions/", GiveCaptions.as_view()),
]

# First, because Pod's own list ends with a pattern that takes every address.
urlpatterns = bbbmig_urlpatterns + pod_urlpatterns

"""`publish`: a video for the owners of every recording, as a draft in their dashboard in Pod."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial

from bbbmig.apply.delivery import Drop, Sender, Upload
from bbbmig.apply.executor import CarryOut, planned
from bbbmig.apply.publishing import PublishDelivery
from bbbmig.apply.taking import give_back
from bbbmig.apply.video_file import FileMaker
from bbbmig.apply.work_files import remove_files, whole_files
from bbbmig.convert.install_file import install, install_copy
from bbbmig.domain import exclusion
from bbbmig.domain.choices import Queueing, Via
from bbbmig.domain.claim_plan import ClaimRules
from bbbmig.domain.file_names import short_id
from bbbmig.domain.history import History
from bbbmig.domain.owner import Ownership
from bbbmig.domain.plan import Kind, Plan
from bbbmig.domain.publish_plan import PublishRules, plan_publish
from bbbmig.domain.recording import Recording
from bbbmig.domain.target import User
from bbbmig.domain.video_texts import TitleRules, description, marked, of_one_title
from bbbmig.pod.limits import POD
from bbbmig.runs import claim, delivered, queued, recorder_directory
from bbbmig.runs.after_publish import put_right
from bbbmig.runs.leasing import under_lease
from bbbmig.runs.owners import OwnerSearch
from bbbmig.runs.pod_people import need_administrator, user_of, with_new_accounts
from bbbmig.runs.publish_extras import publish_extras
from bbbmig.runs.publish_options import PublishOptions, task_of
from bbbmig.runs.publish_shelf import Target, publish_target
from bbbmig.runs.publish_taking import gave_to_claim, still_waiting, taking
from bbbmig.runs.recorder_directory import FilesInPod
from bbbmig.runs.recorder_mark import check_mark, leave_mark
from bbbmig.runs.run import Run
from bbbmig.runs.taken_back import drafts_in_pod, giving, need_who_takes_drafts
from bbbmig.transfer.leftovers import remove_leftovers
from bbbmig.transfer.throttle import Throttle
from bbbmig.transfer.whole_file import ensure_folder

__all__ = ["NEEDS", "PublishOptions", "publish"]
NEEDS = ("bbb", "pod")


def publish(run: Run, options: PublishOptions) -> None:
    """Publish each chosen recording for its owners; in a dry run, only show the plan. Raises as `claim`."""
    queued.be_ready(run, options.queue)
    via = options.via or run.settings.publish.via
    if needs_recorder(run, via):
        run.settings.need("recorder")
        recorder_directory.ensure_usable(run)
    if not run.dry:
        ensure_folder(run.settings.converter.directory, key="converter.directory")
    owners = OwnerSearch(run.adapters, sources=options.owners_from, owners_file=options.owners_file)
    run.adapters.pod.wait_for_restarts(run.settings.pod.patience_s)
    with run.adapters.ledger.working("publish"):
        looks = needs_recorder(run, via) or gave_to_claim(run)
        if looks:
            check_mark(run)
        target = publish_target(run)
        in_pod = known_files(run, via, looks=looks)
        if not options.create_unknown and run.settings.pod.create_users:
            owners.need_known_names(run.adapters.users)
        listing = run.listing(use_cache=options.use_cache)
        chosen = run.choose(listing, options.selection)
        whose = owners.find(chosen, listing.recordings)
        excluded = run.exclusion.of(chosen, whose)
        rules = publish_rules(run, via, options, in_pod=in_pod, chosen=chosen, excluded=excluded)
        rules = replace(rules, drafts=drafts_in_pod(run, rules.history, whose))
        plan = with_new_accounts(run.adapters, plan_publish(chosen, whose, rules))
        delivered.say_what_is_lost(run, plan, rules.history)
        if run.dry:
            run.show(planned(plan))
            put_right(run, chosen, whose)
            return
        delivered.say_what_is_encoded_again(run, plan)
        need_who_takes_drafts(run, plan)
        tidy(run, via, plan, rules)
        titles = TitleRules(date=run.settings.publish.date_in_title, several=of_one_title(plan, whose))
        run.adapters.users.find(people_of(plan))  # in as few requests as that takes
        if options.queue:
            to_task = partial(task_of, run, options, whose, titles.several)
            queued.send(run, plan, to_task, detach=options.queue is Queueing.DETACH)
        else:
            run.carry_out(plan, _leased(run, via, target, rules, whose, titles))
        put_right(run, chosen, whose)


def _leased(
    run: Run, via: Via, target: Target, rules: PublishRules, whose: Mapping[str, Ownership], titles: TitleRules
) -> CarryOut:
    """Put together what publishes, each recording under its lease where machines share the ledger."""
    return under_lease(
        run,
        rules.history,
        planned=publish_work(run, via, target, rules, whose, titles),
        decide=lambda one, now: plan_publish([one], whose, decided_anew(run, via, rules, now)),
        work=lambda now: publish_work(run, via, target, replace(rules, history=now), whose, titles),
    )


def needs_recorder(run: Run, via: Via) -> bool:
    """Tell whether files are to lie in the recorder's directory."""
    return via == "recorder" or run.settings.publish.unknown_owner == "claim"


def publish_rules(
    run: Run,
    via: Via,
    options: PublishOptions,
    *,
    in_pod: FilesInPod | None,
    chosen: Sequence[Recording],
    excluded: Mapping[str, str],
    history: History | None = None,
) -> PublishRules:
    """Put together what decides: the settings, the ledger, the directories, Pod."""
    history = history or run.adapters.ledger.history(run.server, *delivered.KINDS)
    stands = delivered.stands_in_pod(run, history, chosen)
    room, claims = POD.path, ClaimRules()
    if needs_recorder(run, via):
        room = recorder_directory.room_for_names(run.settings.recorder)
        wishes = claim.ClaimOptions(
            include_unpublished=options.include_unpublished, retry_failed=options.retry_failed, again=options.again
        )
        names, kept_back = in_pod.names if in_pod else [], exclusion.excluded(excluded)
        claims = claim.claim_rules(run, wishes, history=history, stands=stands, in_pod=names, kept_back=kept_back)
    return PublishRules(
        room=room,
        converters=bool(run.adapters.converters),
        sources=run.settings.converter.sources,
        retry_failed=options.retry_failed,
        administrator=run.settings.pod.administrator,
        unknown_owner=run.settings.publish.unknown_owner,
        co_owners=run.settings.publish.co_owners,
        history=history,
        stands=stands,
        again=options.again,
        present=whole_files(run.settings.converter.directory),
        in_pod=in_pod.names if in_pod else [],
        claims=claims,
        waiting=None if in_pod is None else recorder_directory.waiting(run, history, in_pod),
        claimed=None if in_pod is None else in_pod.claimed,
        excluded=excluded,
        ignored_servers=run.settings.bbb.ignored_servers,
        include_unpublished=options.include_unpublished,
    )


def known_files(run: Run, via: Via, *, looks: bool) -> FilesInPod | None:
    """Name the files that Pod's recorder knows, before the old server is asked. Raise as `need_administrator`."""
    if run.settings.publish.unknown_owner == "administrator":
        need_administrator(run, staff_for="recorders" if via == "recorder" else "")
    return recorder_directory.in_pod(run) if looks else None


def tidy(run: Run, via: Via, plan: Plan, rules: PublishRules) -> None:
    """Remove what runs that were killed left on the disks."""
    work = run.settings.converter.directory
    pending = {action.recording.record_id for action in plan.effective}
    claim.tidy_work(run, [action.recording for action in plan])
    at_work = run.adapters.ledger.at_work(run.server)
    targets = [work / action.target for action in plan.effective if action.owner]
    named, busy = recorder_directory.unfinished(run), recorder_directory.busy_with(run)
    remove_leftovers(work, targets=targets, named=named, busy=busy)
    remove_files(work, rules.history.published() - pending - at_work)
    if rules.waiting is not None:
        taken = [action.target for action in plan.effective if action.kind is Kind.TAKE]
        give_back(run.settings.recorder.directory, but=taken, busy=busy)
    if needs_recorder(run, via):
        if any(via == "recorder" or not action.owner for action in plan.effective):
            leave_mark(run)
        recorder_directory.tidy(run, [action for action in plan.effective if not action.owner])


def decided_anew(run: Run, via: Via, rules: PublishRules, history: History) -> PublishRules:
    """Return what decides on a recording that another machine has worked on since: what is there by now."""
    claims = rules.claims
    if needs_recorder(run, via):
        claims = claim.decided_anew(run, claims, history)
    present = whole_files(run.settings.converter.directory)
    return replace(rules, history=history, claims=claims, present=present, waiting=still_waiting(run, rules.waiting))


def publish_work(
    run: Run, via: Via, target: Target, rules: PublishRules, whose: Mapping[str, Ownership], titles: TitleRules
) -> CarryOut:
    """Put together what publishes, and what gives to claim what is nobody's."""
    maker = claim.file_maker(run)
    publishing = _delivery(run, maker, _sender(run, via, rules), target, rules.history)
    publishing = replace(
        publishing,
        titles=titles,
        description=partial(text_below, run, whose),
        language=run.settings.publish.language,
    )
    work = giving(run, rules.history, partial(text_below, run, whose), publishing.carry_out)
    if not needs_recorder(run, via):
        return work
    return by_owner(work, claim.claim_delivery(run, maker, rules.history).carry_out)


def text_below(run: Run, whose: Mapping[str, Ownership], recording: Recording, people: Sequence[User]) -> str:
    """Return the HTML below a video of these people, with the mark by which it is known."""
    settings = run.settings.publish
    text = description(recording, whose.get(recording.record_id), people, settings.description)
    return marked(text, recording.record_id, settings.language)


def _delivery(run: Run, maker: FileMaker, sender: Sender, target: Target, history: History) -> PublishDelivery:
    """Put together what delivers to owners."""
    adapters = run.adapters
    return PublishDelivery(
        server=run.server,
        directory=run.settings.converter.directory,
        maker=maker,
        install=install,
        videos=adapters.videos,
        sender=sender,
        memory=adapters.ledger,
        user_of=partial(user_of, adapters, staff_for="recorders" if isinstance(sender, Drop) else ""),
        type_id=target.type_id,
        site_ids=target.site_ids,
        shelf=target.shelf,
        extras=publish_extras(run, adapters.stop),
        taking=taking(run, maker, history) if run.settings.has("recorder") else None,
        limits=POD,
        copies=run.settings.publish.co_owners == "copy",
        history=history,
        encode_again=adapters.published_videos.encode_again,
    )


def _sender(run: Run, via: Via, rules: PublishRules) -> Sender:
    """Choose the way to Pod."""
    adapters = run.adapters
    if via == "upload":
        return Upload(
            videos=adapters.videos, stop=adapters.stop, throttle=Throttle(adapters.limits.bytes_per_s or None)
        )
    recorder = run.settings.recorder
    return Drop(
        videos=adapters.videos,
        recorder=adapters.recorder,
        directory=recorder.directory,
        pod_directory=str(recorder.pod_directory),
        room=recorder_directory.room_for_names(run.settings.recorder),
        install_copy=partial(install_copy, mode=recorder.mode, owner=recorder.owner, group=recorder.group),
        in_pod=frozenset(rules.claimed or ()),
        again={short_id(record_id) for record_id in rules.history.published()},
    )


def by_owner(publish: CarryOut, claim: CarryOut) -> CarryOut:
    """Publish what has an owner, and give the rest to be claimed."""
    return lambda action: publish(action) if action.owner else claim(action)


def people_of(plan: Plan) -> set[str]:
    """Name those who are to get something."""
    owners = (owner for action in plan.effective if action.owner for owner in (action.owner, *action.others))
    return {owner.username for owner in owners}

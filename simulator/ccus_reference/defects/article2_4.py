"""第2条4: silence, delay, half-told letters and idleness after leaks and misuse."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from ccus_reference import incidents, looking, notices, noticing
from ccus_reference.moments import JST, written
from ccus_reference.signs import CONSULTED

if TYPE_CHECKING:
    from ccus_reference.looking import Look
    from ccus_reference.notices import Incident
    from ccus_reference.signs import Sign
    from ccus_reference.tenant import Tenant

from ccus_reference.defects.defect import Defect

OPENS, CLOSES = time(9), time(18)
OWN_PEOPLE = ("kou", "kou_employee", "unknown")
LEAKS = ("A2-4-07", "A2-4-08", "A2-4-09", "A2-4-10", "A2-4-12", "A2-4-13", "A2-4-14", "A2-4-21", "A2-4-24")
"""The rows whose drill is a leak: who is silent about leaks is silent there too."""


def anybody_who_is_no_user(tenant: Tenant, look: Look) -> str | None:
    """Checks what users may see and forgets to check that there is a user."""
    return looking.ground(tenant, look) if look.user in tenant.world.accounts else "利用者の確認なし"


def misuse_only(tenant: Tenant, sign: Sign) -> bool:
    return sign.nature != "leak" and incidents.to_be_notified(tenant, sign)


def leaks_only(_tenant: Tenant, sign: Sign) -> bool:
    return sign.nature == "leak"


def leave_open(_tenant: Tenant, _sign: Sign) -> list[str]:
    return []


def own_people_only(_tenant: Tenant, sign: Sign) -> bool:
    return sign.actor in OWN_PEOPLE


def several_items_only(_tenant: Tenant, sign: Sign) -> bool:
    """Below a threshold nothing is told, as statute allows and the agreement does not."""
    return sign.items is None or len(sign.items) * len(sign.subjects) > 1


def readable_only(_tenant: Tenant, sign: Sign) -> bool:
    return sign.protection == "none"


def confirmed_only(_tenant: Tenant, sign: Sign) -> bool:
    return sign.status == "confirmed"


def in_system_only(_tenant: Tenant, sign: Sign) -> bool:
    return sign.place == "system"


def leaving_only(tenant: Tenant, sign: Sign) -> bool:
    """What was shown to the wrong firm inside the system is not taken for an incident."""
    return sign.nature != "scope_violation" and incidents.to_be_notified(tenant, sign)


def while_in_force(tenant: Tenant, _sign: Sign) -> bool:
    return tenant.ended is None


def one_at_a_time(tenant: Tenant, sign: Sign) -> bool:
    """While an incident is open every further sign is put under it, whatever it is about."""
    return not any(one.token != sign.token and one.sent and not one.closed for one in notices.every(tenant))


def in_office_hours(tenant: Tenant, _sign: Sign) -> datetime:
    """The next moment at which the office is open: not at night, at weekends or around the new year."""
    at = tenant.now.astimezone(JST)
    while not (_open(at) and OPENS <= at.time() < CLOSES):
        later = at.time() >= OPENS
        at = datetime.combine(at.date() + timedelta(days=1 if later else 0), OPENS, JST)
    return at


def _open(at: datetime) -> bool:
    new_year = (at.month, at.day) >= (12, 29) or (at.month, at.day) <= (1, 3)
    return at.weekday() < 5 and not new_year


def once_the_cause_is_known(_tenant: Tenant, _sign: Sign) -> None:
    return None


def never_again(_sign: Sign) -> bool:
    return False


def under_a_new_number(document: dict[str, Any]) -> dict[str, Any]:
    return document | {"incident_id": document["notice_id"], "seq": 1}


def when_the_office_opens(tenant: Tenant, sign: Sign) -> dict[str, str]:
    """The clock starts when the office opens, though the help desk knew before."""
    at = in_office_hours(tenant, sign)
    return {"aware_at": written(max(tenant.now, at)), "aware_by": "法務担当"}


def without_items(document: dict[str, Any]) -> dict[str, Any]:
    return document | {"data": document["data"] | {"items": []}}


def without_people(document: dict[str, Any]) -> dict[str, Any]:
    nobody = {"min": 0, "max": 0, "exact": None}
    return document | {"data": document["data"] | {"technicians": nobody, "records": 0}}


def as_an_incident(document: dict[str, Any]) -> dict[str, Any]:
    return document | {"drill": False}


def once_conferred(tenant: Tenant, sign: Sign) -> list[str]:
    return incidents.contain(tenant, sign) if sign.told == CONSULTED else []


def nothing_to_recover(_tenant: Tenant, _incident: Incident) -> list[str]:
    return []


def without_prevention(document: dict[str, Any]) -> dict[str, Any]:
    return document | {"prevention": None}


def notices_once(path: str) -> bool:
    return path != notices.PATH


def nothing_is_odd(_kind: str, _times: int) -> bool:
    return False


def downloads_only(kind: str, times: int) -> bool:
    return kind != noticing.REFUSED_ACCESS and noticing.alarming(kind, times)


DEFECTS = (
    Defect(
        name="no_login_check",
        row="A2-4-01",
        code="measures.open_to_nobody",
        title_ja="利用者として登録のない者にも記録が見える",
        title_en="a record is shown to somebody who is no user at all",
        change={"ground": anybody_who_is_no_user},
    ),
    Defect(
        name="nothing_noticed",
        row="A2-4-02",
        code="measures.no_reach",
        drags=("A2-4-04",),
        title_ja="大量の書き出しにも何もしない",
        title_en="meets a mass download with nothing",
        change={"alarming": nothing_is_odd},
    ),
    Defect(
        name="probing_unnoticed",
        row="A2-4-04",
        word="review",
        code="detection.none",
        title_ja="繰り返される不正な閲覧の試みに気付かない",
        title_en="does not notice repeated attempts to look",
        change={"alarming": downloads_only},
    ),
    Defect(
        name="notice_sent_once",
        row="A2-4-14",
        code="notice.not_resent",
        title_ja="通知が届かなくても送り直さない",
        title_en="never sends a notice again that did not arrive",
        change={"sends_again": notices_once},
    ),
    Defect(
        name="leak_silent",
        row="A2-4-05",
        code="notice.none",
        drags=(*LEAKS, "A2-4-20"),
        title_ja="漏えいを知っても通知しない",
        title_en="sends no notice of a leak",
        change={"to_be_notified": misuse_only},
    ),
    Defect(
        name="misuse_silent",
        row="A2-4-06",
        code="notice.misuse_none",
        drags=("A2-4-22",),
        title_ja="目的外利用を知っても通知しない",
        title_en="sends no notice of misuse",
        change={"to_be_notified": leaks_only},
    ),
    Defect(
        name="others_silent",
        row="A2-4-07",
        code="notice.actor_none",
        drags=("A2-4-19", "A2-4-20"),
        title_ja="利用者や社外の者が起こした事故は通知しない",
        title_en="sends no notice when a user or an outsider did it",
        change={"to_be_notified": own_people_only},
    ),
    Defect(
        name="small_silent",
        row="A2-4-08",
        code="notice.small_none",
        title_ja="一人の一項目だけの漏えいは通知しない",
        title_en="sends no notice below a threshold",
        change={"to_be_notified": several_items_only},
    ),
    Defect(
        name="encrypted_silent",
        row="A2-4-09",
        word="depends",
        code="notice.encrypted_none",
        title_ja="暗号化されていたことを理由に通知しない",
        title_en="sends no notice because the copy was encrypted",
        change={"to_be_notified": readable_only},
    ),
    Defect(
        name="suspicion_silent",
        row="A2-4-10",
        word="depends",
        code="notice.suspected_none",
        title_ja="疑いの段階では通知しない",
        title_en="sends no notice of a mere suspicion",
        change={"to_be_notified": confirmed_only},
    ),
    Defect(
        name="aware_when_the_office_opens",
        row="A2-4-11",
        code="aware.after_notice",
        title_ja="窓口が知った時でなく、法務担当が出勤した時を起点と書く",
        title_en="lets the clock start when the legal department comes in",
        change={"aware": when_the_office_opens},
    ),
    Defect(
        name="office_hours",
        row="A2-4-12",
        code="notice.off_hours_none",
        title_ja="夜間・週末・年末年始は通知せず、営業開始を待つ",
        title_en="waits with the notice until the office opens",
        change={"notify_at": in_office_hours},
    ),
    Defect(
        name="waits_for_cause",
        row="A2-4-13",
        code="notice.waited",
        drags=("A2-4-05", "A2-4-06", *LEAKS, "A2-4-22"),
        title_ja="原因が分かるまで第一報を送らない",
        title_en="sends no notice before the cause is known",
        change={"notify_at": once_the_cause_is_known},
    ),
    Defect(
        name="never_updates",
        row="A2-4-13",
        code="notice.not_updated",
        drags=("A2-4-20",),
        title_ja="第一報の後、分かったことを知らせない",
        title_en="never updates its first notice",
        change={"told_on": never_again},
    ),
    Defect(
        name="new_number_each_time",
        row="A2-4-13",
        code="notice.other_incident",
        title_ja="続報に別の事故番号を付ける",
        title_en="sends each update under another incident id",
        change={"notice_worded": under_a_new_number},
    ),
    Defect(
        name="second_swallowed",
        row="A2-4-13",
        code="notice.merged",
        drags=("A2-4-07", "A2-4-08", "A2-4-09", "A2-4-10", "A2-4-21", "A2-4-22"),
        title_ja="対応中の事故があると、別の事故を通知しない",
        title_en="puts a second incident under the first and tells nobody",
        change={"to_be_notified": one_at_a_time},
    ),
    Defect(
        name="notice_without_items",
        row="A2-4-15",
        word="review",
        code="notice.incomplete",
        title_ja="通知に漏えいした項目を書かない",
        title_en="names no items in its notices",
        change={"notice_worded": without_items},
    ),
    Defect(
        name="notice_without_people",
        row="A2-4-15",
        word="review",
        code="notice.incomplete",
        title_ja="通知に人数を書かない",
        title_en="names no number of people in its notices",
        change={"notice_worded": without_people},
    ),
    Defect(
        name="path_left_open",
        row="A2-4-17",
        code="path.open",
        drags=("A2-4-18", "A2-4-19"),
        title_ja="漏えい経路を閉じない",
        title_en="leaves the path of a leak open",
        change={"contain": leave_open},
    ),
    Defect(
        name="waits_for_consultation",
        row="A2-4-18",
        word="depends",
        code="path.open_unconferred",
        title_ja="乙との協議がつくまで漏えい経路を閉じない",
        title_en="leaves the path open until the Fund has conferred",
        change={"contain": once_conferred},
    ),
    Defect(
        name="nothing_recovered",
        row="A2-4-19",
        word="review",
        code="review.recovery",
        title_ja="回復の処置をせず、記録もない",
        title_en="recovers nothing and records nothing",
        change={"recover": nothing_to_recover},
    ),
    Defect(
        name="closing_without_prevention",
        row="A2-4-20",
        word="review",
        code="closing.incomplete",
        title_ja="終結報告に再発防止がない",
        title_en="closes without saying how it will be prevented",
        change={"notice_worded": without_prevention},
    ),
    Defect(
        name="copies_silent",
        row="A2-4-21",
        word="depends",
        code="notice.copy_none",
        title_ja="システムの外に出た控えの漏えいは通知しない",
        title_en="sends no notice when a copy outside the system leaks",
        change={"to_be_notified": in_system_only},
    ),
    Defect(
        name="overview_silent",
        row="A2-4-22",
        word="depends",
        code="notice.inside_none",
        title_ja="システム内で見せ過ぎたことを通知しない",
        title_en="sends no notice of over-disclosure inside the system",
        change={"to_be_notified": leaving_only},
    ),
    Defect(
        name="silent_after_the_end",
        row="A2-4-24",
        word="depends",
        code="notice.after_end_none",
        title_ja="契約終了後は、継続保有中でも通知しない",
        title_en="sends no notice after the end though it keeps data",
        change={"to_be_notified": while_in_force},
    ),
    Defect(
        name="drill_as_incident",
        row="A2-4-25",
        word="review",
        code="notice.drill_unmarked",
        title_ja="演習の通知を本物の事故として送る",
        title_en="sends the notice of a drill as a real incident",
        change={"notice_worded": as_an_incident},
    ),
)

"""The night watch: wakes at an alert, looks at graphs and logs, mends, and writes it down.

Mistral; the longest loops, a picture now and then, and tools that fail when they are needed.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from demo.cast import graph
from demo.scene import Agent, Answer, Content, Scene, Tool, ToolUse, Turn

AGENT_ID = "night-watch"

_SYSTEM = """You are the night watch of Kettleworks' cloud. Calm first, then correct, then quick.

Look before you touch: metrics, then logs, then one change at a time, then metrics again. You may \
restart and scale; for anything else wake a human, and say sorry. Close every incident with a note \
that a sleepy person understands: what people noticed, why, what you did, what remains."""

_TOOLS = (
    Tool("get_metrics", "A metric over the last minutes.", {"service": "Name", "metric": "Name"}),
    Tool("read_logs", "The newest log lines that match.", {"service": "Name", "match": "Text"}),
    Tool("restart", "Restart one instance.", {"service": "Name", "instance": "Name"}),
    Tool("scale", "Set the number of instances.", {"service": "Name", "count": "How many"}),
    Tool("page_human", "Wake the person on call.", {"who": "Name", "why": "One sentence"}),
)


@dataclass(frozen=True, slots=True)
class Incident:
    alert: str
    service: str
    metric: str
    before: str
    after: str
    logs: str
    thought: str
    mend: tuple[str, dict[str, str], str]
    note: str
    is_paged: bool = False


_INCIDENTS = (
    Incident(
        "boil-queue lag is 94 s (threshold 10 s), rising since 06:58",
        "boil-queue",
        "lag_s",
        "06:56 2\n06:58 9\n07:00 41\n07:02 94",
        "07:06 71\n07:08 22\n07:10 3",
        "WARN worker-3 rebalance took 38 s\nWARN worker-3 rebalance took 41 s\nINFO worker-3 hello",
        "Lag rises with the breakfast peak, and worker-3 rebalances in circles. More workers first.",
        ("scale", {"service": "boil-queue", "count": "8"}, "ok: boil-queue 5 → 8 instances"),
        "**People noticed** that kettles started up to a minute and a half late, 06:58–07:08.\n"
        "**Why:** worker-3 kept rejoining its group, in the middle of breakfast.\n**Done:** scaled "
        "5 → 8; lag is 3 s.\n**Remains:** find out what worker-3 does all night.",
    ),
    Incident(
        "certificate of ota.kettleworks.example expires in 71 hours",
        "ota-edge",
        "cert_hours_left",
        "71",
        "2159",
        "ERROR renew: DNS challenge not found for _acme-challenge.ota\nINFO renew: next try in 6 h",
        "The renewal fails for want of a DNS record. After the provider's move, probably. The job "
        "itself is stuck with the old token: a restart reads the new one.",
        (
            "restart",
            {"service": "ota-edge", "instance": "renewer-0"},
            "ok: renewer-0 restarted, challenge answered, certificate issued",
        ),
        "**People noticed** nothing, and shall not.\n**Why:** the renewer held a token from before "
        "the DNS move.\n**Done:** restarted it; the certificate is good for **90 days**.\n"
        "**Remains:** alert at 14 days, not at three.",
    ),
    Incident(
        "p99 latency of kettle-api 2.8 s (objective 0.4 s), one zone only",
        "kettle-api",
        "latency_p99_ms",
        "a 310\nb 322\nc 2841",
        "a 305\nb 330\nc 318",
        "WARN api-c-2 gc pause 2114 ms\nWARN api-c-2 gc pause 1987 ms\nWARN api-c-2 heap 97 %",
        "Only zone c, only instance 2, and its heap is full. One restart, then see whether it fills "
        "again; a leak would show on all of them.",
        (
            "restart",
            {"service": "kettle-api", "instance": "api-c-2"},
            "ok: api-c-2 drained (14 s), restarted, heap 31 %",
        ),
        "**People noticed** a slow app, one in nine requests in zone c, for 12 minutes.\n**Why:** "
        "api-c-2 had filled its heap and spent its time tidying.\n**Done:** drained and restarted; "
        "p99 is 318 ms.\n**Remains:** a heap dump is saved for the morning. ☕",
    ),
    Incident(
        "disk of metrics-1 is 93 % full",
        "metrics-1",
        "disk_used_percent",
        "02:00 88\n03:00 91\n04:00 93",
        "04:20 93",
        "INFO compact: skipped (lock held by pid 4471)\nINFO compact: skipped (lock held by pid 4471)",
        "The compaction is blocked by a lock of a process that may be dead. Removing a lock is not "
        "restarting, so it is not mine to do. At this pace there are about three hours left.",
        (
            "page_human",
            {
                "who": "Ines",
                "why": "metrics-1 has three hours of disk; a stale lock needs your hands. Sorry.",
            },
            "acknowledged by Ines after 2 min: 'on it, kettle's on too'",
        ),
        "**People noticed** nothing yet.\n**Why:** a lock of pid 4471, which is long gone, keeps "
        "the compaction out.\n**Done:** woke Ines, with apologies; she is removing it.\n"
        "**Remains:** locks should know who holds them.",
        is_paged=True,
    ),
    Incident(
        "kettles online fell by 4,100 within one minute",
        "gateway",
        "online",
        "22:14 81,204\n22:15 77,104\n22:16 77,098",
        "22:22 77,301\n22:26 81,180",
        "INFO disconnect reason=power count=4088 region=IE-W\nINFO disconnect reason=timeout count=12",
        "Nearly all at once, nearly all 'power', all in one region: that is weather, not us. Check "
        "the reconnect capacity so that the return does not hurt.",
        ("scale", {"service": "gateway", "count": "12"}, "ok: gateway 9 → 12 instances"),
        "**People noticed** a power cut in the west of Ireland, and so did we.\n**Why:** a storm, "
        "22:15.\n**Done:** made room for everyone to come back at once; 4,076 have.\n**Remains:** "
        "twelve kettles, presumably by candlelight. 🕯️",
    ),
)

_CHATTER = (
    "heartbeat ok ({} ms)",
    "kettle {} reports water at 61 °C",
    "kettle {} asks whether it is morning yet",
    "flushed {} measurements",
    "lid {} closed",
    "tls handshake with 10.2.0.{} resumed",
    "cache hit for /v2/homes/{}/teas",
    "scheduled boil {} postponed: nobody home",
)
_FAILED = (
    "Error: metrics backend: context deadline exceeded",
    "Error: 502 Bad Gateway",
    "Error: ssh: connect to host bastion-2 port 22: Connection refused",
)


def scene(random: Random) -> Scene:
    incident = random.choice(_INCIDENTS)
    number = random.randrange(2_000, 2_999)
    return Scene(
        AGENT_ID,
        tuple(_turns(incident, number, random)),
        f"incident-{number}",
        tags=("on-call", incident.service),
    )


def _turns(incident: Incident, number: int, random: Random) -> Iterator[Turn]:
    metrics = {"service": incident.service, "metric": incident.metric}
    words = incident.logs.split()[2].rstrip(":")
    yield Turn(_use("get_metrics", metrics, incident.before), _alert(incident, number, random))
    if random.random() < 0.3:
        yield Turn(_use("get_metrics", metrics, random.choice(_FAILED), "And over a longer time?"))
        yield Turn(_use("get_metrics", metrics, incident.before, "Once more."))
    logs = {"service": incident.service, "match": words}
    yield Turn(_use("read_logs", logs, _amid_others(incident, random)))
    name, arguments, result = incident.mend
    yield Turn(_use(name, arguments, result, incident.thought))
    if not incident.is_paged:
        yield Turn(_use("get_metrics", metrics, incident.after, "Did it help?"))
    yield Turn(Answer(f"### Incident {number}\n\n{incident.note}"), is_streamed=True)


def _amid_others(incident: Incident, random: Random) -> str:
    """The lines that matter among those that do not, as logs are; some nights talk more."""
    count = min(400, round(random.lognormvariate(3.3, 0.9)))
    others = [
        f"INFO {incident.service} {random.choice(_CHATTER).format(random.randrange(1, 5000))}"
        for _ in range(count)
    ]
    at = random.randrange(len(others) + 1)
    lines = [*others[:at], *incident.logs.splitlines(), *others[at:]]
    second = random.randrange(86_400 - len(lines))
    return "\n".join(
        f"{moment // 3600:02}:{moment // 60 % 60:02}:{moment % 60:02} {line}"
        for moment, line in enumerate(lines, second)
    )


def _alert(incident: Incident, number: int, random: Random) -> Content:
    text = f"🔔 Alert {number}: {incident.alert}"
    if random.random() > 0.4:
        return text
    rise = random.uniform(0.5, 0.8)
    values = [
        min(1.0, max(0.05, 0.15 + random.uniform(-0.05, 0.05) + (x > rise * 40) * (x / 40) * 0.8))
        for x in range(40)
    ]
    image = {"type": "image_url", "image_url": {"url": graph.data_url(values)}}
    return [{"type": "text", "text": f"{text}\nThe graph of the last hour:"}, image]


def _use(name: str, arguments: dict[str, str], result: str, text: str = "") -> Answer:
    return Answer(text, tools=(ToolUse(name, arguments, result),))


AGENT = Agent(
    AGENT_ID,
    "mistral",
    "mistral-medium-latest",
    _SYSTEM,
    _TOOLS,
    scene,
    first_token_seconds=0.5,
    tokens_per_second=75,
    pause_seconds=18,
    request={"temperature": 0.2},
)

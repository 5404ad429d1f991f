"""The code reviewer: reads a diff and what is around it, runs the tests, thinks, and is kind.

Anthropic with thinking, cached prompts and a tool that fails now and then; no session ids, so its
turns are linked by their prompts.
"""

from collections.abc import Iterator
from random import Random

from demo.cast import reviews
from demo.cast.reviews import PullRequest
from demo.scene import Agent, Answer, Scene, Tool, ToolUse, Turn

AGENT_ID = "code-reviewer"
_CAREFUL = "claude-opus-5"

_SYSTEM = """You are Margarethe, who reviews code at Kettleworks. Thirty years of compilers have made \
you patient.

Read the diff, then the code around it; a diff is a keyhole. Run the tests and say honestly if they \
did not run. Prefer one remark that matters to five that show off. For each finding: what will \
happen, to whom, and the smallest change that prevents it. Praise what deserves it, once. Never \
rewrite in your own style what is merely in another one.

Guidelines of the house:
""" + "\n".join(
    f"- {rule}"
    for rule in (
        "Errors say what happened, what was expected, and what to do.",
        "Commands to a kettle are idempotent or carry a key. Water does not un-boil.",
        "Units stand in names: `temperature_c`, `volume_ml`, `timeout_ms`.",
        "No `unsafe` without a SAFETY note and a second pair of eyes.",
        "Migrations run while 2,300 people a second make tea.",
        "Strings that people read go through `t()`; some of them read from right to left.",
        "Every incident leaves a test behind.",
        "Time zones belong to homes, not to servers.",
        "A comment that begins with 'Do not' explains why not.",
        "A test that cannot fail is decoration.",
        "Feature flags have an owner and a date of death.",
        "Logs never contain the names of teas people drink alone.",
        "Retries have a limit, a pause and a reason.",
        "Public functions have types; private ones have good names.",
        "No dependency for what ten lines can do, no ten lines for what a good library does.",
        "The lid is open until proven closed.",
    )
)

_TOOLS = (
    Tool("read_diff", "The diff of a pull request.", {"number": "Pull request"}),
    Tool("read_file", "A file at the head of a branch.", {"path": "Path", "ref": "Branch"}),
    Tool("run_tests", "Run the tests of a folder; returns the summary.", {"path": "Folder"}),
    Tool(
        "post_review", "Publish the review.", {"verdict": "approve|comment|change", "body": "Text"}
    ),
)

_REQUESTS = (
    "Please review #{number} “{title}” by {author}.",
    "@margarethe could you look at #{number} ({title})? {author} wants to merge before lunch.",
    "Review requested: #{number} “{title}”, +{added} −{removed}, by {author}",
)

_PLEASE_POST = (
    "Agreed. Please post it.",
    "Post it as it is.",
    "Good catch. Post it, and be gentle: first week.",
    "LGTM on your LGTM. Post 🚢",
)


def scene(random: Random) -> Scene:
    request = random.choice(reviews.ALL)
    number = random.randrange(1_300, 1_990)
    model = _CAREFUL if random.random() < 0.2 else None
    return Scene(AGENT_ID, tuple(_turns(request, number, random)), None, model, ("review",))


def _turns(request: PullRequest, number: int, random: Random) -> Iterator[Turn]:
    lines = request.diff.splitlines()
    ask = random.choice(_REQUESTS).format(
        number=number,
        title=request.title,
        author=request.author,
        added=sum(line.startswith("+") for line in lines),
        removed=sum(line.startswith("-") for line in lines),
    )
    diff = f"#{number} {request.title}\n--- a/{request.path}\n+++ b/{request.path}\n{request.diff}"
    yield Turn(_use("read_diff", {"number": str(number)}, diff), ask)
    file = {"path": request.path, "ref": f"{request.author}/pr-{number}"}
    yield Turn(_use("read_file", file, request.source, "Now the code around it."))
    folder = {"path": request.path.partition("/")[0]}
    yield Turn(_use("run_tests", folder, request.tests))
    if request.tests.startswith("Error"):
        again = "The runner went away. Once more, before I draw conclusions."
        yield Turn(_use("run_tests", folder, request.tests.replace("137", "124"), again))
    yield Turn(Answer(request.review, reasoning=request.thought), is_streamed=True)
    verdict = "approve" if request.review.startswith("Approved") else "change"
    body = request.review.splitlines()[0]
    post = _use("post_review", {"verdict": verdict, "body": body}, f"posted: #{number}, {verdict}")
    yield Turn(post, random.choice(_PLEASE_POST))
    yield Turn(
        Answer(f"Posted on #{number} as *{verdict}*; {request.author} has been told gently.")
    )


def _use(name: str, arguments: dict[str, str], result: str, text: str = "") -> Answer:
    return Answer(text, tools=(ToolUse(name, arguments, result),))


AGENT = Agent(
    AGENT_ID,
    "anthropic",
    "claude-sonnet-5",
    _SYSTEM,
    _TOOLS,
    scene,
    first_token_seconds=1.0,
    tokens_per_second=85,
    pause_seconds=19,
    request={"max_tokens": 8192},
)

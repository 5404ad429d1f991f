"""Pull requests of Kettleworks, and what a careful reviewer finds in them."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PullRequest:
    title: str
    author: str
    path: str
    diff: str
    source: str
    tests: str
    thought: str
    review: str


ALL = (
    PullRequest(
        "Retry the boil command",
        "mira",
        "cloud/boil.py",
        """@@ -41,6 +41,9 @@ async def boil(kettle: Kettle) -> None:
-    await gateway.send(kettle.id, Command.BOIL)
+    for _ in range(5):
+        try:
+            await gateway.send(kettle.id, Command.BOIL)
+        except Exception:
+            pass""",
        """class Gateway:
    async def send(self, kettle_id: str, command: Command) -> Receipt:
        \"\"\"Deliver a command. Not idempotent: each delivery starts the element anew.\"\"\"
        ...""",
        "412 passed in 18.3s",
        "The loop has no break, so a boil that succeeds is sent five times. send() says it is not "
        "idempotent. So one cup of tea becomes five boils, and CancelledError aside, every other "
        "error is swallowed. The tests pass because the fake gateway ignores repeats.",
        """**Please change before merging.** Two things, one of them hot:

1. There is no `return` after success, so every boil is sent **five times**, and `send` says that \
it is not idempotent. Somebody's kitchen will notice.
2. `except Exception: pass` hides the one error we want on call, `KettleOnFire`.

```python
async def boil(kettle: Kettle) -> Receipt:
    key = new_idempotency_key()
    async for attempt in retrying(GatewayTimeout, attempts=3):
        async with attempt:
            return await gateway.send(kettle.id, Command.BOIL, key=key)
```

The tests pass because `FakeGateway` ignores repeats. Could it count them instead?""",
    ),
    PullRequest(
        "Make the lid sensor faster",
        "tobias",
        "firmware/lid.rs",
        """@@ -12,8 +12,8 @@ impl Lid {
     pub fn is_closed(&self) -> bool {
-        debounce(&self.pin, Duration::from_millis(20))
+        unsafe { core::ptr::read_volatile(self.pin.address()) & 1 == 0 }
     }""",
        """/// Reed switches bounce for up to 12 ms. See incident 2025-11: \"The Fountain of Graz\".
fn debounce(pin: &Pin, window: Duration) -> bool { ... }""",
        "Error: test runner lost its connection to board-07 (exit 137)",
        "Removing the debounce brings the fountain back. The speed gained is 20 ms per reading, "
        "at 4 readings a second. The pin is active low, so the expression itself is right. The "
        "hardware tests did not run; I should say so rather than pretend.",
        """I'd rather not. `is_closed` without the debounce reads a bouncing reed switch, and the comment \
above `debounce` remembers how that ended ("The Fountain of Graz").

- It saves 20 ms, four times a second, in a device that takes three minutes.
- `unsafe` would be our first in this crate, and there is no `SAFETY:` note.

If latency matters for the lid *animation*, sample in the timer interrupt and let the animation \
read the raw value; `is_closed` keeps its promise:

```rust
pub fn looks_closed(&self) -> bool { self.raw.load(Ordering::Relaxed) }
```

⚠️ The hardware tests did **not** run: board-07 went away twice. Please don't merge on my word alone.""",
    ),
    PullRequest(
        "Show water level in the app",
        "yuki",
        "app/src/WaterLevel.tsx",
        """@@ -3,7 +3,11 @@ export function WaterLevel({ kettle }: Props) {
-  return <Level value={kettle.level} />
+  const [level, setLevel] = useState(kettle.level)
+  useEffect(() => {
+    const id = setInterval(async () => setLevel((await api.level(kettle.id)).ml), 100)
+  }, [])
+  return <Level value={level} label={`${level} ml`} />""",
        """/** Rate limit: 60 requests a minute for each household. Prefer `api.follow(id)` (SSE). */
level(id: KettleId): Promise<{ ml: number }>""",
        "88 passed, 1 warning: 'act(...)' in WaterLevel.test.tsx",
        "An interval of 100 ms is 600 requests a minute against a limit of 60. No cleanup. Empty "
        "dependency array: switching kettles keeps the old one's level. There is follow().",
        """Lovely to see the level move! Three notes before it ships:

| | |
|---|---|
| **Rate** | every 100 ms is 600 requests a minute; the API allows 60. The app would stop itself within six seconds. |
| **Leak** | the interval is never cleared. |
| **Stale** | with `[]`, switching kettles shows the *previous* kettle's water. |

`api.follow` solves all three:

```tsx
useEffect(() => api.follow(kettle.id, ({ ml }) => setLevel(ml)), [kettle.id])
```

and `label` wants `t("level.ml", { level })`: in Arabic the unit stands on the other side.""",
    ),
    PullRequest(
        "Index for the boil history",
        "ines",
        "migrations/0093_boils.sql",
        """@@ -0,0 +1,3 @@
+CREATE INDEX boils_kettle ON boils (kettle_id);
+ALTER TABLE boils ADD COLUMN altitude_m integer NOT NULL DEFAULT 0;
+UPDATE boils SET altitude_m = (SELECT altitude_m FROM homes h WHERE h.id = home_id);""",
        "-- boils: 1.9 billion rows, 2,300 inserts/s, primary (writer) + 2 replicas",
        "14 passed in 2.9s (SQLite)",
        "CREATE INDEX without CONCURRENTLY locks writes for as long as it takes on 1.9 billion "
        "rows. The UPDATE rewrites every row in one transaction. The query they want is by kettle "
        "and time, so the index should be (kettle_id, boiled_at).",
        """Good idea, wrong afternoon: `boils` has **1.9 billion rows**.

- `CREATE INDEX` blocks writes while it works; use `CONCURRENTLY`, outside the transaction.
- The `UPDATE` rewrites the table at once. Backfill in batches of 10,000 by `id`.
- The page asks for *the latest boils of a kettle*, so:

```sql
CREATE INDEX CONCURRENTLY boils_kettle_time ON boils (kettle_id, boiled_at DESC);
```

Water boils at 93 °C in Davos, so `DEFAULT 0` will make some true history false. `NULL` means \
unknown; let's use it. Tests ran on SQLite only, which forgives all of this.""",
    ),
    PullRequest(
        "Parse times of quiet hours",
        "samir",
        "cloud/quiet.py",
        """@@ -7,4 +7,6 @@
-def is_quiet(now: datetime, begin: time, end: time) -> bool:
-    return begin <= now.time() < end
+def is_quiet(now: datetime, begin: time, end: time) -> bool:
+    if begin <= end:
+        return begin <= now.time() < end
+    return now.time() >= begin or now.time() < end""",
        "QuietHours(begin=time(22, 0), end=time(6, 30))  # the most common setting, 71 %",
        "409 passed, 3 failed: test_quiet_hours_over_midnight[expected: now passes]",
        "Correct: handles midnight. The three failing tests were marked as expected failures and "
        "now pass, so the marks should go. begin == end means never quiet here; documented as "
        "always. And now should be in the zone of the home.",
        """Approved, and thank you: this was wrong for the 71 % who sleep across midnight. 🌙

Two small things, neither blocking:

1. The three "failures" are tests that *expected* to fail. They are cured; please remove their marks.
2. `begin == end` now means *never* quiet; the manual says *always*. One of them should yield.

`now` is in UTC here, and kettles live in zones. I opened #1388 for it, so that this can land today.""",
    ),
    PullRequest(
        "Remove dead code in the tea timer",
        "anouk",
        "app/src/timer.ts",
        """@@ -20,14 +20,0 @@
-/** Do not remove: see Fridays. */
-export function isOolongFriday(day: Date): boolean {
-  return day.getDay() === 5 && day.getDate() <= 7
-}""",
        "$ git grep -n isOolongFriday\napp/src/timer.ts:21\nops/cron/office.yaml:9",
        "212 passed in 6.1s",
        "Not dead: ops/cron/office.yaml calls it by name. No test covers it. The comment is bad "
        "but truthful.",
        """Not quite dead, only resting: `ops/cron/office.yaml:9` calls it by name on the first Friday of the \
month, and forty people expect oolong.

Would you keep it, write the test it never had, and let the comment say what it means?

```ts
/** The office brews oolong on the first Friday of a month (ops/cron/office.yaml). */
```

The rest of the clean-up is lovely: **−214 lines** and nothing missed.""",
    ),
)

"""What customers of Kettleworks write, and what they should be told."""

from dataclasses import dataclass, replace
from random import Random


@dataclass(frozen=True, slots=True)
class Ticket:
    """`answer` is for the desk itself; tickets in other languages go to who speaks them."""

    text: str
    category: str
    urgency: str
    mood: str
    language: str
    article: str
    answer: str


MODELS = ("Duchess", "Duchess Silent", "Foghorn", "Petit", "Samovar XL")
MONTHS = ("January", "March", "May", "June", "August", "October")

_KB_DESCALE = (
    "KB-112 Descaling. Fill to MAX, 30 g of citric acid, boil once, leave for 20 minutes, rinse "
    "twice. Scale on the sensor reads up to 6 °C too high, so the kettle stops early."
)
_KB_WIFI = (
    "KB-031 Wi-Fi. Kettles join 2.4 GHz networks only. Hold the handle button for 7 s until the "
    "ring turns amber, then join 'Kettle-Setup'. Passwords with emoji work from firmware 4.2."
)
_KB_UPDATE = (
    "KB-204 Updates. Updates wait for the hours set under 'Quiet times' (default 02:00–05:00). A "
    "kettle in use postpones by 30 minutes, at most six times; then it asks."
)
_KB_RETURN = (
    "KB-009 Returns. 30 days, no reasons needed, prepaid label from the account page. Cups, "
    "leaves and poems are the customer's to keep."
)
_KB_NOISE = (
    "KB-150 Sounds. The whistle can be tuned in the app (F3–C6) or switched off. A rattle means "
    "a loose lid spring: replaced free of charge, tool-less, two minutes."
)

FIRST_ENGLISH = (
    Ticket(
        "My kettle installed an update at 7:12 this morning. I was holding a mug at the time. I "
        "am still holding it.",
        "firmware",
        "high",
        "dry",
        "en",
        _KB_UPDATE,
        "I'm sorry about this morning, and I hope the mug has been filled since. Your quiet times "
        "were reset to *none* by version 4.1.8, which is our fault. I have set them back to "
        "**02:00–05:00**, and your kettle will not update again while anyone stands near it. "
        "You needn't do anything else.",
    ),
    Ticket(
        "it says CONNECTED but to what?? my wifi is off. should i be worried",
        "connectivity",
        "normal",
        "uneasy",
        "en",
        _KB_WIFI,
        "No need to worry: *CONNECTED* there means connected to its base, and 4.2 says so in full. "
        "To join your own network, hold the handle button for **7 seconds** until the ring is "
        "amber, then pick `Kettle-Setup` on your phone. It can only see 2.4 GHz networks.",
    ),
    Ticket(
        "Tea tastes of Tuesday. Kettle is 8 months old, water is from a well. Please advise.",
        "descaling",
        "low",
        "poetic",
        "en",
        _KB_DESCALE,
        "Tuesday is limescale. Well water is hard, and eight months is about when one begins to "
        "notice:\n\n1. Fill to **MAX**, add 30 g of citric acid.\n2. Boil once, wait 20 minutes.\n"
        "3. Rinse twice.\n\nIt should taste of Sunday afterwards. If it doesn't, write back and "
        "I'll send a new sensor.",
    ),
    Ticket(
        "I'd like to return the {model}. It is a fine kettle. My husband talks to it.",
        "returns",
        "low",
        "rueful",
        "en",
        _KB_RETURN,
        "Of course: 30 days, no reasons needed (yours is a good one). The prepaid label is on your "
        "account page now. If it is the voice he likes, the *Duchess Silent* has none, and I could "
        "make this an exchange instead.",
    ),
    Ticket(
        "WHY does it whistle the anthem of a country i do not live in. HOW do i stop it. 6am. "
        "every day. 😡",
        "sounds",
        "high",
        "furious",
        "en",
        _KB_NOISE,
        "That must be a hard way to wake up. Somebody chose *Anthems* under Sounds → Whistle; I "
        "have switched the whistle **off** for you just now, so tomorrow at six it will only "
        "steam. If you ever miss it, the app can tune it anywhere from F3 to C6.",
    ),
    Ticket(
        "Hello, we're a wedding caterer with 40 of your kettles. On Saturday all 40 started at "
        "once and the village went dark. Is there a setting?",
        "energy",
        "urgent",
        "impressed",
        "en",
        "KB-310 Groups. 'Stagger' spreads the start of a group over up to 15 minutes and keeps it "
        "under a total power (kW) that you choose. Needs 4.0 or newer on every kettle.",
        "There is, and congratulations to the couple. Put all 40 into one **group** and switch on "
        "*Stagger* with a limit of, say, 18 kW: six will boil at a time, and the fortieth is done "
        "15 minutes after the first. All of yours run 4.1, so it works today. Please give the "
        "village our regards.",
    ),
)

MORE_ENGLISH = (
    Ticket(
        "The app says my {model} is 'in a mood'. Is this a feature?",
        "firmware",
        "low",
        "curious",
        "en",
        _KB_UPDATE,
        "It's a translation: the {model} means *mode*, and the mode is *Eco*. Version 4.2 says so. "
        "Until then, tap the ring twice for *Quick* and its mood will lift.",
    ),
    Ticket(
        "My {model} and my neighbour's answer to the same phone. Yesterday I made her a tea. She "
        "would like it to continue, I would not.",
        "connectivity",
        "normal",
        "diplomatic",
        "en",
        _KB_WIFI,
        "Both kettles were set up within the same minute and share a home in the app. Under *Home → "
        "Members* you can part as friends: remove hers, and send her the invitation that appears. "
        "You can still make her tea by asking first.",
    ),
    Ticket(
        "Bought a {model} in {month}, moved to 2,300 m in the Alps, now it never reaches 100 °C. "
        "Broken?",
        "temperature",
        "normal",
        "breathless",
        "en",
        "KB-088 Altitude. Water boils about 1 °C lower for each 300 m. Switch on 'Altitude' in the "
        "app, and the kettle stops at the boiling point instead of waiting for 100 °C.",
        "Not broken, only high up: at 2,300 m water boils at about **92 °C** and cannot be talked "
        "into more. Switch on *Altitude* in the app, and your {model} stops there instead of trying "
        "for ever. Black tea likes two minutes longer. Enjoy the view!",
    ),
    Ticket(
        "the lid of my {model} opens itself at night. only on tuesdays. i live alone",
        "repair",
        "high",
        "brave",
        "en",
        "KB-164 Lid. The weekly self-test (Tuesdays, 03:00) opens and closes the lid once. Can be "
        "moved or switched off under Care → Self-test.",
        "You still live alone: it is the weekly self-test, **Tuesdays at 03:00**, which opens the "
        "lid once to see whether it can. I've moved yours to Saturday at noon, so you can meet it "
        "in daylight. *Care → Self-test* switches it off altogether.",
    ),
    Ticket(
        "Is the {model} suitable for soup? Asking before, not after. (A little after.)",
        "care",
        "normal",
        "sheepish",
        "en",
        "KB-120 Other liquids. Water only. After accidents: rinse, boil with citric acid twice, "
        "clean the sensor with a soft brush. The warranty stays.",
        "Officially, water only; unofficially, you are not the first:\n\n1. Rinse until it no longer "
        "smells of lunch.\n2. Boil twice with 30 g of citric acid.\n3. Brush the sensor, gently.\n\n"
        "Your warranty stays. May I ask which soup?",
    ),
    Ticket(
        "Invoice {number} lists one {model}, a box of filters and 'existential surcharge, 4.90'. "
        "Please explain the last.",
        "billing",
        "normal",
        "philosophical",
        "en",
        "KB-401 Invoices. Line 'external surcharge' is the customs fee for parcels from the UK.",
        "That should read *external* surcharge: 4.90 for customs. Our spell checker has been spoken "
        "to. I have refunded it on invoice {number} all the same, since you made us laugh.",
    ),
    Ticket(
        "We use nine {model}s in a hospital. Can they be quiet AND be heard by the night nurses? "
        "I know how this sounds.",
        "sounds",
        "urgent",
        "tired",
        "en",
        _KB_NOISE,
        "It sounds like a good night shift. Switch the whistle off and *Signals → Light* on: the "
        "ring glows in the colour you choose, and the app on the ward's phone buzzes once. I have "
        "prepared it as a profile named **Night**; apply it to all nine with one tap.",
    ),
    Ticket(
        "Does the {model} listen to us? My wife said 'Earl Grey' and it began to hum.",
        "privacy",
        "high",
        "suspicious",
        "en",
        "KB-500 Privacy. No microphone in any model. The hum is the pump after descaling mode.",
        "It cannot: there is **no microphone** in any of our kettles, and you may open one and look. "
        "The hum is the small pump, which runs after descaling. The timing, I admit, was excellent.",
    ),
)

ENGLISH = FIRST_ENGLISH + MORE_ENGLISH


def filled_in(ticket: Ticket, random: Random) -> Ticket:
    """The ticket about some kettle, in question and answer alike."""
    values = {
        "model": random.choice(MODELS),
        "month": random.choice(MONTHS),
        "number": f"{random.randrange(10_000, 99_999)}",
    }
    return replace(ticket, text=ticket.text.format(**values), answer=ticket.answer.format(**values))

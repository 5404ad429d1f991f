"""Text for measuring: an invented language with the word frequencies of a real one.

Words follow Zipf's law: the most frequent are English, the rest are made of syllables. Some Chinese
and emoji are at hand. All of it comes from a random generator that is passed in.
"""

import itertools
import random

_FREQUENT_WORDS = (
    "the of and to in is that for it with as was on be by at this are not from or have an they "
    "which one you were all her she there would their we him been has when who will no more if out "
    "so what up said about into than its time only could new them man some these then two first "
    "may any like now my such make over our even most me state after also made many did must "
    "before back see through way where get much go well your know should down work year because"
)
FREQUENT = _FREQUENT_WORDS.split()
_ONSETS = "b,bl,br,c,ch,cl,d,dr,f,fl,g,gr,h,j,k,l,m,n,p,pl,pr,qu,r,s,sh,st,str,t,th,tr,v,w"
_VOWELS = "a,e,i,o,u,ai,ea,ee,io,ou"
_CODAS = ",,n,r,s,t,l,ck,nd,ng,st,m"
_CHINESE = (
    "今天天气怎么样请帮我查询明上海北京的和是在了有人这中大为来国地到以说时要就出会可也你对生能"
)
EMOJI = ("😀", "🚀", "✅", "🔥", "👩\u200d💻", "🇩🇪", "📈")
_VOCABULARY_SIZE = 8_000


class Writer:
    """Sentences of an invented language with the word frequencies of a real one."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self._words = vocabulary()
        weights = (1 / (rank + 2.7) for rank in range(len(self._words)))
        self._cumulative = list(itertools.accumulate(weights))

    def text(self, words: int) -> str:
        chosen = self.rng.choices(self._words, cum_weights=self._cumulative, k=words)
        for start in range(0, words, 12):
            chosen[start] = chosen[start].capitalize()
            chosen[min(start + 11, words - 1)] += "."
        return "The " + " ".join(chosen)

    def chinese(self, characters: int) -> str:
        return "".join(self.rng.choices(_CHINESE, k=characters)) + "。"

    def uuid(self) -> str:
        digits = f"{self.rng.getrandbits(128):032x}"
        return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))


def vocabulary() -> list[str]:
    onsets, vowels, codas = (part.split(",") for part in (_ONSETS, _VOWELS, _CODAS))
    rng = random.Random("vocabulary")
    words = dict.fromkeys(FREQUENT)
    while len(words) < _VOCABULARY_SIZE:
        parts = rng.choice((1, 2, 2, 2, 3, 3))
        syllables = (
            rng.choice(onsets) + rng.choice(vowels) + rng.choice(codas) for _ in range(parts)
        )
        words["".join(syllables)] = None
    return list(words)

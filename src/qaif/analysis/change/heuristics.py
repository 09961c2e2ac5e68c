"""The change heuristics: what each keeps, why, when it is wrong, and where it is known from.

Thresholds that are ours say so. A heuristic that would rule out every output says nothing.
"""

from qaif.analysis.change.contract import Heuristic
from qaif.kernels import tx_change as bit

_BLOCKSCI = "Kalodner and others 2020 (BlockSci)"
_KAPPOS = "Kappos and others 2022"
_MOESER = "Möser and Narayanan 2022"
_SAME_WALLET = "One wallet makes all its transactions alike; who spends the change made this one."
_UNSPENT = "Says nothing of what is not spent in view. Two people with one wallet program look the same"
_CHANGED = "an owner who changes programs or settings is taken for another"

HEURISTICS: tuple[Heuristic, ...] = (
    Heuristic(
        "address-reuse",
        1,
        bit.ADDRESS_REUSE,
        "what goes back to a script that the transaction spends from",
        "Nobody pays somebody else to the script that is spent from, unless they are one.",
        "Says nothing of most wallets, which use new addresses. A payment to oneself has the same form.",
        "Androulaki and others 2013; " + _BLOCKSCI,
    ),
    Heuristic(
        "script-type",
        1,
        bit.SCRIPT_TYPE,
        "what has the type of all that is spent",
        "A wallet's change has the form of its own addresses; whom it pays may use another.",
        "Wrong where the payee uses the payer's form and the payer has moved to a new one, and with wallets "
        "that give change the payee's form. Says nothing where types are mixed, unknown or all the same.",
        _BLOCKSCI + "; " + _KAPPOS,
    ),
    Heuristic(
        "round-value",
        1,
        bit.ROUND_VALUE,
        "what is not rounder than another output by three or more decimal digits (ours)",
        "People choose round amounts to pay; what is left over is not round.",
        "Says nothing of amounts chosen in another currency. Wrong where the change happens to be round, as "
        "after round coins with a round fee.",
        "Androulaki and others 2013; " + _BLOCKSCI,
    ),
    Heuristic(
        "optimal-change",
        1,
        bit.OPTIMAL_CHANGE,
        "what is smaller than the smallest of several inputs",
        "A wallet that needed every input had less left over than any of them brought.",
        "Wrong with wallets that spend more coins than they need, to consolidate or to hide change; "
        "payjoins make it wrong on purpose. Says nothing of one input, or where a value is unknown.",
        "Nick 2015; unnecessary input heuristics (UIH1, UIH2): Ghesmati and others 2022",
    ),
    Heuristic(
        "fresh-address",
        1,
        bit.FRESH_ADDRESS,
        "what goes to a script never seen before, where no output goes back to one spent from",
        "A wallet makes a new address for change; many payees publish theirs and are paid again.",
        "Wrong where the payee's address is new as well and the change is not. In a chain that is not whole, "
        "a script can have been seen where no blocks are held.",
        "Androulaki and others 2013; Meiklejohn and others 2013",
    ),
    Heuristic(
        "peel-continuation",
        1,
        bit.PEEL,
        "of one input and two outputs, what is spent in the same form again and from the same type",
        "A chain of payments from one coin goes on with the change.",
        "Wrong where the payee pays on in the same form and the change rests or is spent with others.",
        "Meiklejohn and others 2013; " + _KAPPOS,
        later=True,
    ),
    Heuristic(
        "same-version",
        1,
        bit.SAME_VERSION,
        "what is spent by a transaction of the same version",
        _SAME_WALLET,
        f"{_UNSPENT}; {_CHANGED}.",
        f"{_MOESER}; {_KAPPOS}",
        later=True,
    ),
    Heuristic(
        "same-locktime",
        1,
        bit.SAME_LOCKTIME,
        "what is spent with the same habit of locktimes: none, a height or a time",
        f"{_SAME_WALLET} Some set the height against fee sniping, others set nothing.",
        f"{_UNSPENT}; {_CHANGED}.",
        f"{_MOESER}; {_KAPPOS}",
        later=True,
    ),
    Heuristic(
        "same-sequence",
        1,
        bit.SAME_SEQUENCE,
        "what is spent with the same habit of sequences: final, one below, replaceable, others",
        _SAME_WALLET,
        f"{_UNSPENT}; {_CHANGED}. A wallet that lets its owner choose replaceability differs from itself.",
        f"{_MOESER}; {_KAPPOS}; BIP125",
        later=True,
    ),
    Heuristic(
        "same-order",
        1,
        bit.SAME_ORDER,
        "what is spent by a transaction whose outputs are as much in order of value (BIP69) as these",
        f"{_SAME_WALLET} Some sort outputs by value, most put them at random.",
        f"{_UNSPENT}. Two outputs at random are in order half of the time, so one such look proves little.",
        f"{_MOESER}; BIP69",
        later=True,
    ),
    Heuristic(
        "same-low-r",
        1,
        bit.SAME_LOW_R,
        "what is spent with signatures of the same habit: only small R, or any",
        f"{_SAME_WALLET} Some sign again until R is small, which saves a byte.",
        f"{_UNSPENT}. R is small by chance in half of the signatures of those who do not care. Says nothing "
        "of taproot, multisig and uncompressed keys, whose sizes do not show it.",
        "Bitcoin Core 0.17 (pull request 13666); " + _MOESER,
        later=True,
    ),
    Heuristic(
        "same-fee-rounding",
        1,
        bit.SAME_FEE_ROUNDING,
        "what is spent with a fee rate that is as whole, in satoshi a virtual byte, as this one's",
        f"{_SAME_WALLET} Some fees are a whole number of satoshi a virtual byte.",
        f"{_UNSPENT}. A size that was estimated a byte too long hides the habit.",
        f"{_MOESER}; thresholds ours",
        later=True,
    ),
    Heuristic(
        "fee-rate-habit",
        1,
        bit.SAME_FEE_RATE,
        "what is spent at a fee rate within a factor of two of this one (ours)",
        "Some pay always much and some little; an owner's next fee is like the last.",
        f"{_UNSPENT}. When all fees rise or fall between the two, it is wrong or says nothing.",
        "ours, after fee features of " + _MOESER,
        later=True,
    ),
    Heuristic(
        "later-cospend",
        1,
        bit.LATER_COSPEND,
        "what is spent later together with a script that the transaction spends from",
        "Whoever spends both together controls both, unless that transaction is of several owners.",
        "Wrong in mixes and payjoins. Needs a script that is used again, and the later spending.",
        _MOESER,
        later=True,
    ),
)
BY_ID: dict[str, Heuristic] = {heuristic.id: heuristic for heuristic in HEURISTICS}

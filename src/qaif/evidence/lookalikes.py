# ruff: noqa: RUF001  this table is of the very letters that the rule warns of
"""Letters of other scripts that are drawn like Latin ones, each with its Latin readings, the likest first.

Drawn up by us from the letters' shapes. It can be generous: a reading counts only where a checksum holds.
"""

_CYRILLIC = (
    "А=A В=B Е=E З=3 І=I1l Ј=J К=K М=M Н=H О=O0o Р=P С=C Т=T У=Y Х=X Ѕ=S Ԛ=Q Ԝ=W Ь=b Ч=4 Ү=Y Һ=h Ғ=F Ӏ=Il1 "
    "а=a в=B8 е=e ё=e з=3 і=i1 ї=i ј=j к=k м=Mm н=Hh о=o р=p с=c т=Tt у=y х=x ѕ=s ԁ=d ԛ=q ԝ=w ь=b ч=4 б=6 "
    "һ=h ү=y ӏ=l1 п=n и=u г=r д=gd ѵ=v ѡ=w ғ=f "
)
_GREEK = (
    "Α=A Β=B Ε=E Ζ=Z Η=H Ι=I1 Κ=K Μ=M Ν=N Ο=O0o Ρ=P Τ=T Υ=Y Χ=X Ϲ=C Ϻ=M "
    "α=a β=B ε=e η=n ι=i1 κ=k ν=v ο=o ρ=p τ=t υ=uv χ=x γ=yv ω=w σ=o ϲ=c ϳ=j "
)
_OTHERS = (
    "ı=i1 ȷ=j ɑ=a ɡ=g ɩ=i ƅ=b ƽ=5 ʏ=Y ʀ=R ɴ=N ʜ=H ʙ=B ɢ=G ᴀ=A ᴄ=c ᴋ=k ᴍ=m ᴏ=o ᴛ=T ᴜ=u ᴠ=v ᴡ=w ᴢ=z ǃ=1 ø=o "
    "օ=o հ=h ո=n ս=u զ=q ց=g ա=w Տ=S Լ=L Ս=U "
    "Ꭺ=A Ᏼ=B Ꮯ=C Ꭼ=E Ꮐ=G Ꮋ=H Ꭻ=J Ꮶ=K Ꮮ=L Ꮇ=M Ꮲ=P Ꭱ=R Ꮪ=S Ꭲ=T Ꮩ=V Ꮃ=W Ꮓ=Z"
)
LOOKALIKES = {pair[0]: pair[2:] for pair in (_CYRILLIC + _GREEK + _OTHERS).split()}

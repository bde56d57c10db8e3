"""The question: a shipment on a day."""

from __future__ import annotations

from dataclasses import dataclass

from comity.words import areas
from comity.words.economies import AGGREGATES, check_valid
from comity.words.errors import CodeError, InputError, TimeError
from comity.words.goods import GoodsCode
from comity.words.time import FIRST, LAST, iso


@dataclass(frozen=True, slots=True)
class Shipment:
    """Goods going from one economy to another on the ordinal day `on`.

    `area` is an area of the origin (measures on imports ask for it) or of the destination
    (measures on exports do): its code says which. `consignee` and `end_use` are as declared.
    Raises `InputError` where the question cannot be asked.
    """

    origin: str
    to: str
    goods: GoodsCode
    on: int
    area: str | None = None
    consignee: str | None = None
    end_use: str | None = None

    def __post_init__(self) -> None:
        if not FIRST < self.on < LAST - 1:
            raise TimeError(f"{self.on} is not the ordinal of a day", mend="use date.toordinal()")
        for code in (self.origin, self.to):
            if code in AGGREGATES:
                raise CodeError(
                    f"{code} stands for many economies", mend="ask for each economy by itself"
                )
            check_valid(code, self.on)
        if self.origin == self.to:
            raise InputError(
                f"a shipment goes from one economy to another, not from {self.origin} to itself",
                mend="check origin and destination",
            )
        if self.area is not None and self.area_economy not in (self.origin, self.to):
            raise InputError(
                f"{self.area} is an area of {self.area_economy}, which is neither the origin "
                f"({self.origin}) nor the destination ({self.to})",
                mend="give an area of one of the two, or none",
            )

    @property
    def area_economy(self) -> str | None:
        """The economy to which the area belongs."""
        return None if self.area is None else areas.area(self.area).economy

    def as_dict(self) -> dict[str, object]:
        return {
            "from": self.origin,
            "to": self.to,
            "goods": str(self.goods),
            "on": iso(self.on),
            "area": self.area,
            "consignee": self.consignee,
            "end_use": self.end_use,
        }

"""What is done to the flows of a market baseline before a solve: small shares, processed goods.

Letters: n draws, K products, N economies; ``[..., k, i, j]`` sales of i to j, j = i home sales.
Leading axes are draws and may be left out or be one.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from comity.trade.market_baseline import MarketBaseline
from comity.words.errors import NotConverged, ValidationError

Array = NDArray[np.float64]


def parent_mass(value: ArrayLike) -> Array:
    """(..., K, N, N): all an origin sells to a destination, over all products, for each of them.

    The ``mass`` of `shifted` where no gravity fit is at hand: where an exporter sells other goods
    it could sell these. Raises `ValidationError` for one product alone, which has no parent group.
    """
    flows = _flows(value, "value")
    if flows.shape[-3] < 2:
        raise ValidationError(
            "one product has no parent group to take destinations from",
            mend="give masses of your own: a gravity fit, or sales of a wider group",
        )
    return np.broadcast_to(flows.sum(axis=-3, keepdims=True), flows.shape).copy()


def shifted(
    value: ArrayLike,
    mass: ArrayLike,
    kappa: ArrayLike,
    *,
    closed: ArrayLike | None = None,
    tolerance: float = 1e-9,
    rounds: int = 5_000,
) -> Array:
    """Flows with a part κ of what masses suggest: small and empty cells become a little larger.

    X̃ = (X + κ M)/(1 + κ) between economies, with M scaled to each origin's exports, then scaled by
    rows and columns (RAS) until every origin's exports and every destination's imports are those of
    X again (Kuiper and van Tongeren 2006; Philippidis et al. 2013). Home sales stay. An economy
    that sells or buys nothing goes on doing so. κ = 0 gives X back to the last bit.

    value, mass : (..., K, N, N), 0 or more;  kappa : (...,), 0 or more, one per draw
    closed : (..., K, N, N) of bool, cells that get nothing new (closed by a measure)

    Returns (..., K, N, N). Raises `ValidationError` for shapes or signs that cannot be,
    `NotConverged` where scaling does not come within `tolerance` of each total.
    """
    flows, masses = _flows(value, "value"), _flows(mass, "mass")
    part = np.asarray(kappa, dtype=np.float64)
    if not np.isfinite(part).all() or (part < 0).any():
        raise ValidationError("κ must be finite and 0 or more")
    if flows.shape[-3:] != masses.shape[-3:]:
        raise ValidationError(f"masses of {masses.shape[-3:]} for flows of {flows.shape[-3:]}")
    n = flows.shape[-1]
    off = ~np.eye(n, dtype=bool)
    trade = np.where(off, flows, 0.0)
    wanted = np.where(off, masses, 0.0)
    if closed is not None:
        wanted = np.where(np.asarray(closed, dtype=bool), 0.0, wanted)
    out, into = trade.sum(axis=-1), trade.sum(axis=-2)
    wanted = wanted * _ratio(out, wanted.sum(axis=-1))[..., None]
    k = part[..., None, None, None]
    mixed = (trade + k * wanted) / (1.0 + k)
    out, into = (np.broadcast_to(one, mixed.shape[:-1]) for one in (out, into))
    scale = np.maximum(out.sum(axis=-1), np.finfo(float).tiny)
    gap = np.inf
    for _ in range(rounds):
        mixed *= _ratio(out, mixed.sum(axis=-1))[..., :, None]
        mixed *= _ratio(into, mixed.sum(axis=-2))[..., None, :]
        gap = float((np.abs(mixed.sum(axis=-1) - out).max(axis=-1) / scale).max(initial=0.0))
        if gap <= tolerance:
            break
    else:
        raise NotConverged(
            f"scaling to the sums of the base got no nearer than {gap:.3g} of the total",
            residual=gap,
            mend="a smaller κ, or fewer closed cells",
        )
    return np.where((k == 0.0) | ~off, flows, mixed)


def without_onward(
    baseline: MarketBaseline, value: ArrayLike | None = None, held: ArrayLike | None = None
) -> Array:
    """Flows without what a hub sells of goods that are counted by their origin: no double counting.

    With a processing layer, scallops shelled in China for the United States are Japan's sales to
    the final market; the part `Onward.held` of China's own sales there is these same goods and
    goes. To be called once, and only where the layer is on.

    value : (..., K, N, N), the baseline's where not given
    held : (..., m) for the m routes of `baseline.onward`, their own where not given

    Returns (..., K, N, N). Raises `ValidationError` for another number of routes or a part outside
    0 to 1.
    """
    flows = _flows(baseline.value if value is None else value, "value")
    routes = baseline.onward
    part = np.asarray([one.held for one in routes] if held is None else held, dtype=np.float64)
    if part.shape[-1:] != (len(routes),):
        raise ValidationError(f"{part.shape[-1:]} parts held for {len(routes)} routes")
    if not np.isfinite(part).all() or (part < 0).any() or (part > 1).any():
        raise ValidationError("a part held must be from 0 to 1")
    lead = np.broadcast_shapes(flows.shape[:-3], part.shape[:-1])
    kept = np.broadcast_to(flows, (*lead, *flows.shape[-3:])).copy()
    seen: dict[tuple[int, int, int], Array] = {}
    for m, one in enumerate(routes):
        at = (
            baseline.names.sector(one.product),
            baseline.names.economy(one.hub),
            baseline.names.economy(one.final),
        )
        seen[at] = seen.get(at, np.zeros(lead)) + part[..., m]
    for (k, h, f), whole in seen.items():
        kept[..., k, h, f] *= 1.0 - np.minimum(whole, 1.0)
    return kept


def _flows(value: ArrayLike, what: str) -> Array:
    array = np.asarray(value, dtype=np.float64)
    if array.ndim < 3 or array.shape[-1] != array.shape[-2]:
        raise ValidationError(f"{what} is {array.shape}, not (..., products, economies, economies)")
    if not np.isfinite(array).all() or (array < 0).any():
        raise ValidationError(f"{what} must be finite and 0 or more")
    return array


def _ratio(wanted: Array, there: Array) -> Array:
    wanted = np.broadcast_to(wanted, np.broadcast_shapes(wanted.shape, there.shape))
    return np.divide(wanted, there, out=np.zeros_like(there + wanted), where=there > 0)

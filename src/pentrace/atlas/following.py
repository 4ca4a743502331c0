"""How well cells follow a feature, single cells and all together (spec/atlas.md).

Scores of single cells lie between -1 and 1, 0 for chance. Needs the extra `pentrace[atlas]`.

Letter key: n rows, N cells, F features, P columns.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import numpy as np

from pentrace.arrays import F32, Mask
from pentrace.atlas.features import Kind
from pentrace.atlas.order import standardized, uncounted

_RIDGE = 100.0
"""Penalty of ridge regression, for standardised cells and labels: small beside tens of thousands of rows."""
_LOGISTIC = 0.01
"""Inverse penalty of logistic regression: at 1, neighbouring cells get large weights of opposite signs."""
_TINY = 1e-12
_RANKED = 32
"""Columns that are ranked at a time."""


class Cells:
    """Cell values x [n, N] in n rows, prepared for comparison with labels."""

    def __init__(self, x: F32) -> None:
        self.z = standardized(x)
        self._still: Mask = np.logical_not(self.z.any(axis=0))
        self._squares = np.square(self.z)

    @cached_property
    def _ranks(self) -> F32:
        """Of all rows; only binary features need them."""
        return ranks(self.z)

    def follow(self, labels: F32, kinds: Sequence[Kind]) -> F32:
        """The score of each cell for each column of labels [n, F]: float32 [F, N]. NaN labels are not known.

        0 for constant cells and for features without labels.
        """
        scores = np.zeros((labels.shape[1], self.z.shape[1]), np.float32)
        columns = {kind: [i for i, k in enumerate(kinds) if k == kind] for kind in set(kinds)}
        if linear := columns.get("linear"):
            scores[linear] = self.pearson(labels[:, linear])
        for i in columns.get("circular", ()):
            scores[i] = self.circular(labels[:, i])[0]
        if binary := columns.get("binary"):
            scores[binary] = self.rank_biserial(labels[:, binary])
        for i in columns.get("classes", ()):
            scores[i] = self.eta(labels[:, i])
        return scores

    def pearson(self, labels: F32) -> F32:
        """Pearson's correlation r [P, N] with columns of labels [n, P], each over the rows where it is known."""
        known = ~np.isnan(labels)
        result = np.zeros((labels.shape[1], self.z.shape[1]), np.float32)
        for mask, columns in _by_mask(known):
            y = standardized(labels[mask][:, columns])
            products = _spread(y, mask).T @ self.z
            n, _, deviation = self._moments(mask)  # y has mean 0 over the mask, so the mean of z drops out
            result[columns] = products / (n * deviation)
        return result

    def circular(self, degrees: F32) -> tuple[F32, F32]:
        """Multiple correlation R [N] with the sine and cosine of an angle (Mardia 1976), and its angle of highest c."""
        parts = _parts(degrees)
        sine, cosine = parts.T
        s, c = self.pearson(parts)
        known = ~np.isnan(degrees)
        if not known.any():
            return np.zeros_like(s), np.zeros_like(s)
        between = float(np.mean(standardized(sine[known, None]) * standardized(cosine[known, None])))
        square = (s * s + c * c - 2 * s * c * between) / max(1 - between * between, _TINY)
        # Regression weights, converted back to units of sine and cosine.
        down = (s - between * c) / max(float(sine[known].std()), _TINY)
        right = (c - between * s) / max(float(cosine[known].std()), _TINY)
        return np.sqrt(np.clip(square, 0, 1)), np.degrees(np.arctan2(down, right)).astype(np.float32)

    def rank_biserial(self, labels: F32) -> F32:
        """2 AUC - 1 [P, N] for columns of labels 0 and 1 [n, P]: 1 if c is always higher where the label is 1."""
        known = ~np.isnan(labels)
        result = np.zeros((labels.shape[1], self.z.shape[1]), np.float32)
        for mask, columns in _by_mask(known):
            ranked = self._ranks if mask.all() else ranks(self.z[mask])
            y = labels[mask][:, columns] > 0
            n, true = len(y), y.sum(axis=0)
            above = y.astype(np.float32).T @ ranked
            # Mean rank where the label is true, minus the mean of all ranks, relative to its maximum.
            share = np.maximum(true * (n - true), 1)[:, None]
            result[columns] = np.where(self._still, 0, 2 * (above - true[:, None] * (n - 1) / 2) / share)
        return result

    def eta(self, classes: F32) -> F32:
        """Correlation ratio [N]: root of the share of the variance that is between classes."""
        mask = ~np.isnan(classes)
        names, place = np.unique(classes[mask], return_inverse=True)
        member = np.zeros((len(names), len(classes)), np.float32)
        member[place, np.flatnonzero(mask)] = 1
        count = member.sum(axis=1, keepdims=True)
        n, mean, deviation = self._moments(mask)
        if not mask.any():
            return np.zeros_like(mean)
        between = (count * np.square(member @ self.z / count - mean)).sum(axis=0)
        part: F32 = np.clip(between / (n * np.square(deviation)), 0, 1)
        return np.sqrt(part)

    def _moments(self, mask: Mask) -> tuple[float, F32, F32]:
        """Number of rows in a mask; mean and standard deviation of each cell there (infinity if it is constant)."""
        m = mask.astype(np.float32)
        n = max(float(mask.sum()), 1.0)
        mean = m @ self.z / n
        deviation = np.sqrt(np.maximum(m @ self._squares / n - np.square(mean), 0))
        return n, mean, np.where(deviation > 1e-6, deviation, np.inf).astype(np.float32)


def ranks(x: F32) -> F32:
    """The rank of each number in its column, 0 to n - 1; equal numbers have their mean rank."""
    from scipy.stats import rankdata

    result = np.empty_like(x)
    for at in range(0, x.shape[1], _RANKED):  # some at a time, as ranks come in float64
        result[:, at : at + _RANKED] = rankdata(x[:, at : at + _RANKED], axis=0) - 1
    return result


@uncounted()
def probe(kind: Kind, fit: tuple[F32, F32], held_out: tuple[F32, F32]) -> float | None:
    """How well all cells together predict a feature: R2, AUC or accuracy on held-out rows (spec/atlas.md).

    Args:
        kind: of the feature.
        fit: standardised cells [n, N] and labels [n], NaN if not known.
        held_out: the same of other lines, standardised by the same means and deviations.

    Returns:
        None if the labels are constant.
    """
    from sklearn.linear_model import LogisticRegression, Ridge
    from sklearn.metrics import accuracy_score, r2_score, roc_auc_score

    (x, y), (x_held, y_held) = ((a[~np.isnan(b)], b[~np.isnan(b)]) for a, b in (fit, held_out))
    if len(np.unique(y)) < 2 or len(np.unique(y_held)) < 2:
        return None
    if kind in ("linear", "circular"):
        targets = _parts(y) if kind == "circular" else y[:, None]
        wanted = _parts(y_held) if kind == "circular" else y_held[:, None]
        scale = np.maximum(targets.std(axis=0), _TINY)
        model = Ridge(alpha=_RIDGE).fit(x, targets / scale)
        return float(r2_score(wanted / scale, model.predict(x_held).reshape(wanted.shape)))
    model = LogisticRegression(C=_LOGISTIC, max_iter=300, tol=1e-3).fit(x, y.astype(np.int32))
    if kind == "binary":
        return float(roc_auc_score(y_held.astype(np.int32), model.decision_function(x_held)))
    return float(accuracy_score(y_held.astype(np.int32), model.predict(x_held)))


PROBE_METRIC: dict[Kind, str] = {
    "linear": "R2",
    "circular": "R2",
    "binary": "AUC",
    "classes": "accuracy",
}


def _parts(degrees: F32) -> F32:
    radians = np.radians(degrees)
    return np.stack((np.sin(radians), np.cos(radians)), axis=1)


def _by_mask(known: Mask) -> list[tuple[Mask, list[int]]]:
    """Groups the columns that are known in the same rows; columns that are known in no row are left out."""
    groups: dict[bytes, list[int]] = {}
    for column in range(known.shape[1]):
        groups.setdefault(known[:, column].tobytes(), []).append(column)
    return [(known[:, columns[0]], columns) for columns in groups.values() if known[:, columns[0]].any()]


def _spread(y: F32, mask: Mask) -> F32:
    """Scatters the rows of a mask [m, P] into all rows [n, P]; the others are zero."""
    if mask.all():
        return y
    result = np.zeros((len(mask), y.shape[1]), np.float32)
    result[mask] = y
    return result

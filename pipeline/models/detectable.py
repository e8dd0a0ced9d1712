"""The smallest effects that a mechanism model could have found."""

import numpy as np

from pipeline.inference.few_clusters.wild import weight_vectors, wild_model
from pipeline.inference.moments import Array
from pipeline.inference.power import minimum_detectable, minimum_detectable_product
from pipeline.models.prepared import Prepared
from pipeline.results.estimate import SIZE


def sign_vectors(prepared: Prepared, draws: int) -> Array:
    """Sign vectors (R, G) for the units of one sample."""
    chunks, _ = weight_vectors(
        prepared.task.seed, prepared.task.stream, draws, prepared.clusters, "rademacher"
    )
    return np.concatenate(chunks)


def detectable_total(prepared: Prepared, signs: Array, power: float) -> float:
    """Minimum detectable effect of the treatment on the outcome."""
    p, model = prepared, prepared.model
    y, x, controls = p.column(model.outcome), p.column(model.treatment), p.array(model.controls)
    wild = wild_model(y, x, controls, p.province, p.year, p.province, "WCR31")
    return minimum_detectable(wild, signs, power, SIZE)


def detectable_indirect(prepared: Prepared, mediator: str, signs: Array, power: float) -> float:
    """Minimum detectable a x b of one mechanism by the joint test of a and b."""
    p, model = prepared, prepared.model
    x, m, y = (p.column(n) for n in (model.treatment, mediator, model.outcome))
    controls = p.array(model.controls)
    beside = np.column_stack([x, controls])
    first = wild_model(m, x, controls, p.province, p.year, p.province, "WCR31")
    second = wild_model(y, m, beside, p.province, p.year, p.province, "WCR31")
    return minimum_detectable_product([first, second], signs, power, SIZE)

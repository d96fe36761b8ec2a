"""Our isolation forest finds what scikit-learn's finds: AUC on generated and on public sets."""
import struct
import subprocess
import sys

import numpy
from sklearn import datasets
from sklearn.ensemble import IsolationForest
from sklearn.metrics import roc_auc_score

import tap

SCORES = tap.BUILD / "test" / "iforest_scores"
OURS, THEIRS = 20, 6  # seeds whose AUC is averaged
TOLERANCE = 0.01


def labelled(usual, strange):
    return numpy.vstack([usual, strange]), numpy.r_[numpy.zeros(len(usual)), numpy.ones(len(strange))]


def blob(r):
    """One bell, and points anywhere around it."""
    return labelled(r.normal(0, 1, (950, 4)), r.uniform(-5, 5, (50, 4)))


def clusters(r):
    """A wide and a narrow bell, and points between them."""
    usual = numpy.vstack([r.normal(0, 1, (600, 3)), r.normal(8, 0.3, (350, 3))])
    return labelled(usual, r.normal(4, 1.2, (50, 3)))


def traffic(r):
    """Requests, distinct endpoints, ms, share of failures, km of a client"s minute; and attacks."""
    def minutes(n, requests, endpoints, ms, failed, km):
        return numpy.column_stack([
            r.poisson(r.lognormal(numpy.log(requests), 0.5, n)), r.poisson(endpoints, n),
            r.lognormal(numpy.log(ms), 0.4, n), r.beta(1 + failed * 20, 20, n),
            r.exponential(km, n)])
    usual = minutes(960, 20, 6, 80, 0.02, 30)
    scrape = minutes(15, 60, 25, 60, 0.02, 30)
    guess = minutes(15, 40, 1, 60, 0.9, 400)
    away = minutes(10, 20, 8, 90, 0.1, 3000)
    return labelled(usual, numpy.vstack([scrape, guess, away]))


def ring(r):
    """A ring; what is strange lies inside and outside of it."""
    angle, radius = r.uniform(0, 2 * numpy.pi, 950), r.normal(5, 0.3, 950)
    usual = numpy.column_stack([radius * numpy.cos(angle), radius * numpy.sin(angle)])
    return labelled(usual, numpy.vstack([r.normal(0, 0.6, (20, 2)), r.uniform(-9, 9, (30, 2))]))


def counts(r):
    """Small whole numbers with many ties, a feature that never changes, four that say nothing."""
    def rows(n, rate):
        return numpy.column_stack([r.poisson(rate, (n, 3)), numpy.full(n, 7), r.poisson(1, (n, 4))])
    return labelled(rows(950, 2), rows(50, 7))


def public(load, usual, n_strange):
    """A set that comes with scikit-learn: some of its classes, and a few of the others."""
    data = load()
    is_usual = numpy.isin(data.target, usual)
    return labelled(data.data[is_usual], data.data[~is_usual][:n_strange])


SETS = {f.__name__: (lambda f=f: f(numpy.random.RandomState(7)))
        for f in (blob, clusters, traffic, ring, counts)}
SETS["breast_cancer"] = lambda: public(datasets.load_breast_cancer, [1], 20)
SETS["wine"] = lambda: public(datasets.load_wine, [1, 2], 10)
SETS["iris"] = lambda: public(datasets.load_iris, [0, 1], 10)
SETS["digits"] = lambda: public(datasets.load_digits, [0], 20)


def ours(data, truth):
    n, features = data.shape
    run = subprocess.run([SCORES], check=True, stdout=subprocess.PIPE, timeout=60,
                         input=struct.pack("=III", n, features, OURS) + data.tobytes())
    scores = numpy.frombuffer(run.stdout).reshape(OURS, n)
    return numpy.mean([roc_auc_score(truth, s) for s in scores])


def theirs(data, truth):
    return numpy.mean([
        roc_auc_score(truth, -IsolationForest(random_state=seed).fit(data).score_samples(data))
        for seed in range(THEIRS)])


def case(name, make):
    def compare(_work):
        data, truth = make()
        data = numpy.ascontiguousarray(data, dtype="=f4")
        a, b = ours(data, truth), theirs(data, truth)
        print(f"{name}: {len(data)} vectors of {data.shape[1]}, AUC {a:.4f}, scikit-learn {b:.4f}",
              file=sys.stderr)
        tap.check(a > 0.6 and abs(a - b) < TOLERANCE, f"{a:.4f}, scikit-learn {b:.4f}")
    compare.__name__ = name
    tap.case(compare)


for set_name, make_set in SETS.items():
    case(set_name, make_set)
tap.main()

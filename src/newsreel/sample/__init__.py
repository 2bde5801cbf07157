"""A fictional world press, written for this project, and a small loopback server that plays it.

Everything that a person may edit lies in ``press/``: one file per outlet (its markup, junk and feed), one per event
(its articles, wire texts and silent corrections). Names, companies and places are invented where an event needs them.

    from newsreel.sample.server import SamplePress        # or: python -m newsreel.sample.server --port 8900
    from newsreel.sample.truth import truth               # what every page says, as it was written
"""

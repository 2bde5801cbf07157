"""The training of the model that tells an article's text from the rest of its page: python -m tools.training

It reads the recorded pages in ../shared/corpus, measures by five folds in which no site is in both parts, trains on all, and
writes src/newsreel/extraction/model.npz. It needs the libraries of the extra 'training', which nothing else needs.
"""

"""Two small papers whose sentences can stand alone."""

SMOOTHING = """# Label smoothing

## Results

Moreover, the student network reached 76.3 % accuracy on the large test set in this study.
The teacher was trained for 12 hours on eight cards, which is longer than the student needed.
However, label smoothing increased the error of the student by 3 points in the Berlin experiment.
The authors used several networks in order to compare the error of the Berlin and Paris runs.
"""
SAND = """# Water in sand

## Results

Therefore, the pump lowered the water table by 12 cm in the sand tank within 5 minutes.
The flow of the water is not reduced by fine gravel, which was added to the tank in 2019.
In addition, the lower layer of the sand holds approximately 40 percent of all the water.
"""


def write_papers(folder):
    """Write both papers into a folder, and return it."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "smoothing.md").write_text(SMOOTHING, encoding="utf-8")
    (folder / "sand.md").write_text(SAND, encoding="utf-8")
    return folder

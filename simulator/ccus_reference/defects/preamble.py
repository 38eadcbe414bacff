"""前文: being another system than the one that was certified."""

from __future__ import annotations

from ccus_reference import BUILD
from ccus_reference.defects.defect import Defect

DEFECTS = (
    Defect(
        name="other_build",
        row="PRE-02",
        code="candidate.other_build",
        title_ja="認定を受けたものと違うビルドを試験に出す",
        title_en="puts another build to the test than the certified one",
        change={"build": f"{BUILD}-dev"},
    ),
)

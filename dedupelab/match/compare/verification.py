"""Verification: what relation a candidate pair has, how sure that is, and why, in one sentence.

Counting matched features is not enough (a shared form gives hundreds), so two pictures are laid on each other and compared square
by square. A link needs a large, detailed region in which nearly all squares agree; a copy, unlike a second exposure of the
same scene, also agrees in its fine detail and leaves no local displacement.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace

import numpy as np

from dedupelab.match.compare.alignment import Alignment, Gray, Picture, feature_alignments, turn_matrix
from dedupelab.match.compare.colours import AGREE, HUE, ColourComparison, Colours
from dedupelab.match.compare.cut_outs import shown_outside, without_ground
from dedupelab.match.compare.described import described_alignments
from dedupelab.match.compare.detail import COLOURED, Laid, large, lay, resized, size
from dedupelab.match.compare.differences import CloserLook, Differences, Pixel
from dedupelab.match.compare.entropy import SHADED, printed
from dedupelab.match.compare.examination import Finding, examine
from dedupelab.match.compare.glyphs import letter_apart, otherwise_worded
from dedupelab.match.compare.lettering import OtherWords, letter_height
from dedupelab.match.compare.loader import Pixels
from dedupelab.match.compare.two_tones import inked_pair
from dedupelab.match.compare.verdicts import (
    LINKED,
    MAYBE_TEMPLATE,
    OVER,
    SIDES,
    TOO_SMALL,
    UNPLACED,
    Closer,
    Gate,
    Verdict,
    is_whole,
    swapped,
    word_verdict,
)
from dedupelab.match.search.descriptors import Stored
from dedupelab.tables import INVERSE


@dataclass(frozen=True)
class AlignedComparison:
    """Lay two pictures on each other and compare them square by square."""

    sure: tuple[float, float] = (0.8, 0.9)
    """Area matched, and share of it that agrees, above which a link found is beyond doubt and no other alignment is tried. Chosen, to
    spare time."""
    worth_coarse: float = 0.1
    """Area below which a coarser look is not worth its time: chosen well below `least_area`."""
    wider: float = 1.5
    """How much more the coarser look must cover to replace a fine one in which enough agrees. Chosen."""
    less_still: float = 0.7
    """Part of what the best alignment explains that one with displaced parts must explain to have the word: a still corner of a moved
    scene is no copy. Chosen."""
    least_area: float = 0.25
    """Part of at least one picture that must be matched: shared captions, marks and logos cover less."""
    least_squares: int = 24
    """Compared squares below which agreement may be chance."""
    tiny: int = 48
    """Shorter side in pixels below which a picture that matches nothing may be too small to tell: icons have 16 to 32."""
    least_corners: int = 10
    """Squares with detail in two directions: outlines alone (avatars, gradients, bars) look alike."""
    least_entropy: float = 5.4
    """Bits inside agreeing squares; text, forms, charts and window frames stay below 5.3, 99 % of photographs above 6."""
    picture_entropy: float = 5.6
    """Bits from which something may be laid over the rest, where it shades, too (`least_shading`): a photograph around a sticker has 6.4, one
    of dark trees and snow 5.65, a frame 5.8 at most, and no shades."""
    least_share: float = 0.45
    """Agreeing part; a sticker on a third leaves 0.5. Frames reach it too, but conflict or show less (`_too_different`)."""
    covered_share: float = 0.3
    """The same where next to nothing conflicts: one plain sticker on half of a photograph that else agrees everywhere."""
    most_outside: float = 0.3
    """`Finding.outside` from which more differs around what agrees than a border or a caption explains."""
    subject_beside: float = 0.25
    """`Finding.beside` below which one picture shows the matched subject alone: cut out, products leave their shadow, frames their inside."""
    subject_share: float = 0.85
    """Agreeing part of such a subject: the squares on its outline show two grounds and disagree."""
    subject_correlation: float = 0.95
    """Median correlation of such a subject."""
    subject_area: float = 0.12
    """Part of a picture that it must cover: a product before its ground covers a fifth."""
    subject_seen: float = 0.5
    """Part of that on which it must be looked at more closely, apart from its outline. Chosen."""
    conflict: float = 0.26
    """Part of the squares in which both pictures show something, and something different, up to which one may lie over the other. Chosen:
    other pictures in one frame put texture against texture, a sticker covers it with even colour."""
    beside_cover: float = 0.2
    """`Finding.outside` up to which what is covered need not be as rich as a photograph. Chosen."""
    plain_conflict: float = 0.2
    """`Finding.conflict` below which what differs shows something in one picture only. Chosen."""
    exact_motion: tuple[float, float] = (0.05, 0.4)
    """`Finding.wander` and `Finding.stray` below which a photograph lies exactly on itself around a plain cover. Chosen below `most_wander`
    and `most_stray`, which blur and noise need."""
    exact_corners: int = 40
    """Squares with detail in two directions that this must rest on. Chosen: four times `least_corners`."""
    exact_area: float = 0.5
    """Part of a picture that this must cover. Chosen."""
    rich: tuple[float, float, float] = (6.8, 0.95, 0.33)
    """Bits, median correlation and part of a picture above which what agrees is as rich as photographs are and lettering, of caption or
    watermark, is not. Chosen above `picture_entropy` and `least_area`."""
    apart: tuple[float, float, float] = (0.9, 0.85, 0.3)
    """Median correlation from which the matched part may be a picture by itself; where it is not rich, its agreeing part and part of a picture."""
    entire: float = 0.98
    """Agreeing part, and correlation, from which all of a plain picture agrees entirely ... Chosen."""
    fewer_corners: float = 0.6
    """... so that this part of `least_corners` is enough. Chosen."""
    redrawn_share: float = 0.45
    """Agreeing part of displaced squares below which detail does not agree: redrawn or regenerated. Chosen as `least_share`."""
    redrawn_loss: float = 0.77
    """The same as a part of what agrees in the coarser look: other exposures keep their detail. Chosen."""
    sure_share: float = 0.75
    """Agreeing part from which what disagrees need not be explained by something laid over one of the two."""
    least_shading: float = SHADED
    """`Finding.shading`: agreeing parts of 1,400 pairs of edited photographs had 0.18 at least, pages and windows have 0.05
    at most, however many tones a gradient behind them adds, and so have photographs that are nearly empty."""
    drawn_share: float = 0.97
    """Agreeing part from which two tones may be a photograph's, as of a skier in the snow; pages of one form stay below."""
    most_wander: float = 0.2
    """Pixels (of 384) that agreeing squares of a sharp copy may be displaced: these stay below 0.12, blurred and noisy ones
    below 0.2, bursts and other viewpoints exceed 0.3."""
    most_stray: float = 0.6
    """The same for the tenth that is displaced most: copies stay below 0.5, scenes in which something moved exceed 0.7."""
    blurred_wander: float = 0.6
    """How much more may be displaced, per correlation that is lost, where enough agrees: blur and noise loosen squares. Chosen."""
    largest_wander: float = 0.32
    """The most that this allows. Chosen."""
    page_frame: tuple[float, float, float] = (0.9, 0.65, 0.005)
    """Part of the one and of the other picture that copies of a page share, one of them perhaps trimmed or on a desk, and `Finding.outside`
    they stay below: pages of one form are equal in frame, too, so that the next three decide. Chosen."""
    page_share: float = 0.95
    """Agreeing part of two copies of a page at this size: the scan of a page with a tinted bar comes to 0.965. Words are compared afterwards,
    at the pictures' own resolution (`look`): of 35 pages and 140 copies of the same filled in otherwise none is counted at 0.92 either."""
    page_correlation: float = 0.95
    """Median correlation of the same. Chosen."""
    page_corners: int = 60
    """Squares with detail in two directions from which a page holds enough to tell; where all agrees, `least_corners` do. Chosen."""
    bent_page: tuple[float, float] = (6.2, 1.0)
    """Bits that scans of pages on woven ground stay below (5.8 to 5.95), and `Finding.stray` too (0.7 to 0.8): two scans are no two exposures."""
    same_shape: float = 0.5
    """Correlation of brightness where hues differ, from which the same thing is shown in another colour: stickers stay below 0.4, articles
    of coarse leather photographed anew come to 0.53."""
    same_grain: tuple[float, float] = (0.3, 0.5)
    """Part of the fine texture that a recoloured copy shares with its source; the second where neither has noise to compare: 18 such copies of
    photographs at JPEG quality 60 share 0.56 and more, 18 of 20 at 40 more than 0.5; two exposures of one weave come to 0.3 to 0.9."""
    one_exposure: float = 0.55
    """Mean of `Colours.grain` and `Colours.noise` below which a scene in another hue was exposed anew, however much of its texture is the
    same: 43 recoloured copies of photographs at JPEG quality 60 and 85 have 0.557 and more, articles photographed anew 0.05 to 0.52."""
    same_noise: float = 0.6
    """`Colours.noise` from which a small place in another hue is no exposure anew: recoloured copies at JPEG quality 60 share 0.59 and more,
    articles photographed anew 0.48 at most."""
    least_hue: float = 0.02
    """Part of the picture in another hue below which grain cannot make it another exposure."""
    flat_hue: float = 0.1
    """The same where there is no grain to compare."""
    readable: float = 5.0
    """`Differences.bound` above which a changed figure might be overlooked: the faintest came to 4 at 9-point type and 60 %."""
    readable_blur: float = 1.5
    """Pixels of blur between two pages beyond which letters of body text run into each other."""
    legible: float = 6.0
    """Height in pixels of the median letter below which they do so too: of pages at 60 % it is 6 to 10; of 13-pixel type at 60 %, 5."""
    sides: tuple[str, str] = SIDES
    """What reasons call left and right."""
    look: CloserLook = field(default_factory=CloserLook)
    colours: ColourComparison = field(default_factory=ColourComparison)
    words: OtherWords = field(default_factory=OtherWords)
    kept: int = 500
    """Local features per picture."""

    def __call__(self, left: Gray, right: Gray, /, transform: str = "identity") -> Verdict:
        """Return the verdict on two gray pictures.

        Parameters
        ----------
        left, right
            Oriented gray pictures, long side up to 512 pixels.
        transform
            How left is expected to be turned to lie on right, of TRANSFORMS: only a hint.
        """
        return self.judge(self.prepare(left), self.prepare(right), transform)

    def prepare(
        self,
        gray: Gray,
        /,
        open_large: Callable[[], Pixels] | None = None,
        describe: Callable[[], Stored] | None = None,
    ) -> Picture:
        """Return what the picture's pairs share; features are found when first needed."""
        return Picture(np.ascontiguousarray(gray), self.kept, open_large, describe)

    def judge(self, left: Picture, right: Picture, /, transform: str = "identity") -> Verdict:
        """Return the verdict on two prepared pictures; the same, mirrored, when they are given the other way round."""
        if right.order < left.order:
            return swapped(self.judge(right, left, INVERSE[transform]))
        found = self._findings(left, right, transform)
        if not found:
            return TOO_SMALL if min(*left.size, *right.size) < self.tiny else UNPLACED
        decided = [self._decide(*pair) for pair in found]
        best = max(decided, key=lambda v: (_RANK[v.relation], _weight(v.finding)))
        # A still corner of a moved scene is no copy: the alignment that explains more has the word.
        moved = [
            v for v in decided if v.moved and self.less_still * _weight(v.finding) > _weight(best.finding)
        ]
        said = max(moved, key=lambda v: _weight(v.finding)) if moved else best
        stands_out = False
        if said.relation in LINKED:
            verdict, stands_out = self._closely(left, right, said.relation, said.finding)
        else:
            verdict = word_verdict(
                said.relation, said.finding, said.why, drawn=said.template, sides=self.sides
            )
        inked = left.inked or right.inked
        if verdict.relation in LINKED or inked or stands_out or not self._drawn(said.finding):
            return verdict
        # A fax lost the tints of the page it was sent from, all over it: nothing but what it kept can be compared.
        pair = inked_pair(left, right)
        kept = None if pair is None else self.judge(*pair, transform)
        return kept if kept is not None and kept.relation in LINKED else verdict

    def _closely(
        self, left: Picture, right: Picture, relation: str, finding: Finding
    ) -> tuple[Verdict, bool]:
        """Look again at what would be counted, at its own size and in colour; also say whether, on a page, something stands out."""
        one, two = large(left), large(right)
        matrix = resized(right.size, size(two)) @ finding.matrix @ resized(size(one), left.size)
        alone = self._alone(left, right, finding)
        laid = lay(one, two, matrix, inverted=finding.inverted, followed=not any(alone))
        drawn = self._drawn(finding) or self._bent(finding)
        if laid is None:
            return word_verdict(relation, finding, "", drawn=drawn, sides=self.sides), False
        whole = laid
        laid = laid.within(finding.left_region if laid.backwards else finding.right_region)
        if any(alone):
            on_it = without_ground(laid)
            enough = np.count_nonzero(on_it.valid) > self.subject_seen * self.subject_area * on_it.valid.size
            laid, alone = (on_it, alone) if enough else (laid, (False, False))
        seen = self.look(laid)
        same = seen.untouched(laid.valid)
        drawn = drawn or any(printed(each, same) for each in (laid.source, laid.target))
        colours: Colours | None = None
        also: tuple[Pixel, ...] = ()
        if one.ndim == two.ndim == COLOURED:
            colours = self.colours(one, two, laid, seen.filled(), inverted=finding.inverted)
            if colours.kind == HUE and colours.shape < self.same_shape:
                # Something else lies there: a place that differs, and not the same thing in another colour.
                colours, also = Colours(AGREE), colours.boxes
        places = seen.sides(laid, also)
        closer = Closer(max(laid.target.shape), *places, colours, (left.inked, right.inked), alone)
        relation, why = self._recoloured(relation, colours)
        read = drawn and relation in LINKED
        if read:
            relation, why = self._read(relation, why, seen, closer, laid)
        elif relation in LINKED and otherwise_worded(laid, seen, whole, alone, self.words, self.look):
            drawn, relation = True, "undecided"
            why = f"other words stand on one ground, which {MAYBE_TEMPLATE}"
        verdict = word_verdict(relation, finding, why, closer, drawn=drawn, sides=self.sides)
        return verdict, read and seen.stands_out

    def _recoloured(self, relation: str, colours: Colours | None) -> tuple[str, str]:
        """Say what another hue makes of the pair."""
        if colours is None or colours.kind != HUE:
            return relation, ""
        if np.isnan(colours.grain) and colours.share > self.flat_hue:
            why = "another hue on what is too smooth to tell a recoloured copy from another version"
            return "undecided", why
        # A small place may have grain of its own, where something translucent lies on one of two copies of one exposure.
        laid_over = colours.share < self.flat_hue and colours.noise > self.same_noise
        usual = self.same_grain[int(np.isnan(colours.noise))]
        other_grain = colours.grain < usual and colours.share > self.least_hue and not laid_over
        anew = not laid_over and (colours.grain + colours.noise) / 2 < self.one_exposure
        if other_grain or anew:
            why = "another hue and other grain: another exposure, or another version of the thing shown"
            return "variant", why
        return "derivative", "recoloured"

    def _read(self, relation: str, why: str, seen: Differences, at: Closer, laid: Laid) -> tuple[str, str]:
        """Of what is drawn or printed a small difference may be all that matters."""
        if at.left_places:
            said = "and what differs may matter"
        elif relation == "derivative" and why:
            said = "and hues differ"
        elif self._too_coarse(seen, letters := letter_height(laid.target)):
            said = "and too coarse to tell whether its words do"
        elif seen.stands_out or letter_apart(laid, letters):
            said = "and something that differs is too faint to tell"
        else:
            return relation, ""
        return "undecided", f"what agrees is drawn or printed, {said}"

    def _too_coarse(self, seen: Differences, letters: float) -> bool:
        """Whether words on a page might differ unseen."""
        coarse = seen.bound > self.readable or seen.blur > self.readable_blur
        return coarse or 0 < letters < self.legible

    def _drawn(self, found: Finding) -> bool:
        """Whether what agrees has the tones of print or drawing."""
        return found.entropy < self.least_entropy or found.shading < self.least_shading

    def _findings(self, left: Picture, right: Picture, transform: str) -> list[tuple[Finding, Finding]]:
        """Fine and coarse finding of every alignment worth trying, until one is beyond doubt."""
        found: list[tuple[Finding, Finding]] = []

        def look(alignment: Alignment, sigma: float) -> bool:
            fine = examine(left, right, alignment, sigma=sigma)
            if fine is None:
                return False
            coarse = None
            if (
                fine.share < self.sure_share or fine.outside > self.most_outside
            ) and fine.area > self.worth_coarse:
                coarse = examine(left, right, replace(alignment, matrix=fine.matrix), sigma=3.0, settled=True)
            found.append((fine, coarse or fine))
            beyond_doubt = fine.area > self.sure[0] and fine.share > self.sure[1]
            return beyond_doubt and self._decide(*found[-1]).relation in LINKED

        if look(Alignment(turn_matrix(transform, left.size, right.size)), 4.0):
            return found
        mirrored_first = transform.startswith("flip")
        for alignment in self._alignments(left, right, mirrored_first=mirrored_first):
            if look(alignment, 2.0):
                break
        return found

    def _alignments(self, left: Picture, right: Picture, *, mirrored_first: bool) -> Iterable[Alignment]:
        """Return what may lay one on the other: by what is stored of both, or by features found anew."""
        if not left.describe or not right.describe or left.stored is None or right.stored is None:
            return feature_alignments(left, right, mirrored_first=mirrored_first)
        return described_alignments(
            left.stored, right.stored, (left.size, right.size), mirrored_first=mirrored_first
        )

    def _decide(self, fine: Finding, coarse: Finding) -> Gate:  # noqa: PLR0911 - one per gate
        """Gates in the order in which they can be explained to a reader."""
        # The coarser look sees through noise and compression; it must then see nearly everything agree.
        seen = fine.share < self.sure_share or coarse.area > self.wider * fine.area
        best = coarse if coarse.share >= self.sure_share and seen else fine
        if (
            best.squares < self.least_squares
            and best.area >= self.least_area
            and best.share >= self.sure_share
        ):
            return Gate("undecided", best, "too small to compare, or too plain")
        if why := self._too_little(best):
            return Gate("unrelated", best, why)
        # Nothing moves on a page: what lies askew was bent by a scanner, and is followed where it is looked at more closely.
        page = self._drawn(best) or self._bent(best)
        if not (page and self._exact(fine)) and self._moved(fine) and coarse.share >= self.least_share:
            if fine.share < self.redrawn_share or fine.share < self.redrawn_loss * coarse.share:
                return Gate("undecided", best, "composition agrees, detail does not: redrawn or regenerated")
            displaced = f"parts are displaced by {fine.stray:.1f} px"
            if self._drawn(best):
                # Of chats and comics other words fill other balloons: nothing there was exposed.
                why = f"what agrees is drawn or printed, and {displaced}"
                return Gate("undecided", best, why, template=True, moved=True)
            return Gate("variant", best, f"{displaced}: another exposure or viewpoint", moved=True)
        if why := self._too_different(best):
            return Gate("unrelated", best, why)
        two_toned = best.shading < self.least_shading and best.share < self.drawn_share
        if (best.entropy < self.least_entropy or two_toned) and not self._exact(fine):
            why = f"what agrees is drawn or printed and {MAYBE_TEMPLATE}"
            return Gate("undecided", best, why, template=True)
        if best.outside > self.most_outside and not self._set_apart(best) and not self._subject(best):
            return Gate("undecided", best, f"what agrees {MAYBE_TEMPLATE} around different pictures")
        return Gate("near-identical" if is_whole(fine, best) else "derivative", best, "")

    def _too_little(self, found: Finding) -> str:
        """Say why the matched region is too small or too plain, or nothing."""
        if found.area < (self.subject_area if self._subject(found) else self.least_area):
            return f"no more than {found.area:.0%} of either picture agrees"
        if found.squares < self.least_squares:
            return f"{found.squares} squares show anything, too few to compare"
        # Of a plain picture, such as a small part of one, a little detail is enough where all of it agrees entirely.
        agrees = min(found.share, found.correlation) > self.entire
        fewer = self.fewer_corners if agrees and found.entropy > self.picture_entropy else 1
        enough = found.corners >= fewer * self.least_corners
        return "" if enough else "what agrees has no detail"

    def _too_different(self, found: Finding) -> str:
        """Say why too much within the matched region differs, or nothing.

        A sticker or a caption covers texture with even colour; other pictures in one frame put texture against texture.
        """
        shown = self._photographic(found)
        alone = found.outside < self.beside_cover or self._pictorial(found)
        covered = found.conflict < self.conflict and shown and alone
        enough = found.share >= self.sure_share or (found.share >= self.least_share and covered)
        enough |= found.share >= self.covered_share and shown and self._covered_by_plain(found)
        return "" if enough else "too much within the matched part differs"

    def _set_apart(self, found: Finding) -> bool:
        """Whether the matched part is a picture by itself, so that what differs around it does not matter."""
        correlation, share, area = self.apart
        picture = self._photographic(found) and found.correlation > correlation
        return picture and ((found.share > share and found.area > area) or self._pictorial(found))

    def _subject(self, found: Finding) -> bool:
        """Whether one picture shows nothing but what agrees: a subject cut out, which is no frame around others."""
        sure = found.share > self.subject_share and found.correlation > self.subject_correlation
        return found.beside < self.subject_beside and sure and self._photographic(found)

    def _alone(self, left: Picture, right: Picture, found: Finding) -> tuple[bool, bool]:
        """Say which of two pictures shows a subject that both show, and nothing else."""
        asked = found.outside > OVER and self._subject(found)
        ends = (left, found.left_region), (right, found.right_region)
        one, two = (asked and shown_outside(*end) < self.subject_beside for end in ends)
        return one, two

    def _photographic(self, found: Finding) -> bool:
        """Whether what agrees has the tones of a photograph, altogether and square by square."""
        return found.entropy > self.picture_entropy and found.shading > self.least_shading

    def _moved(self, fine: Finding) -> bool:
        """Whether parts are displaced against each other by more than blur and noise explain."""
        blurred = self.blurred_wander * (1 - fine.correlation) if fine.share >= self.sure_share else 0.0
        allowed = min(self.most_wander + blurred, self.largest_wander)
        return fine.wander > allowed or fine.stray > self.most_stray

    def _bent(self, found: Finding) -> bool:
        """Whether something displaced a little may be a scan of a page on a woven ground, which shades as photographs do."""
        return found.entropy < self.bent_page[0] and self._moved(found) and found.stray < self.bent_page[1]

    def _exact(self, fine: Finding) -> bool:
        """Whether nothing at all differs: what two copies of a page have and two pages of a form have not."""
        most, least, outside = self.page_frame
        smaller, larger = sorted((fine.left_area, fine.right_area))
        whole = larger > most and smaller > least and fine.outside < outside
        agrees = fine.share >= self.page_share and fine.correlation > self.page_correlation
        entirely = min(fine.share, fine.correlation) > self.entire
        return whole and agrees and fine.corners >= (self.least_corners if entirely else self.page_corners)

    def _pictorial(self, found: Finding) -> bool:
        """Whether what agrees is as rich as photographs are and lettering, of caption or watermark, is not."""
        entropy, correlation, area = self.rich
        return found.entropy > entropy and found.correlation > correlation and found.area > area

    def _covered_by_plain(self, found: Finding) -> bool:
        """Whether what differs shows something in one picture only, and a photograph lies exactly on itself around it."""
        wander, stray = self.exact_motion
        still = found.wander < wander and found.stray < stray and found.corners >= self.exact_corners
        rich = found.entropy > self.rich[0] and found.area > self.exact_area
        return still and found.conflict < self.plain_conflict and rich


def _weight(finding: Finding) -> float:
    return finding.agreeing * finding.share


_RANK = {"near-identical": 4, "derivative": 4, "variant": 3, "undecided": 2, "unrelated": 1}

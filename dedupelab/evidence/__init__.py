"""Groups become numbers: extent, overlap, conflicts, rights and harm, each with denominator, interval and grade."""

"""QR codes as PNG pictures."""

from __future__ import annotations

import io

import segno


def qr_png(data: str, *, scale: int = 12) -> bytes:
    """A QR code as PNG, `scale` pixels a module, with the quiet border that readers need."""
    out = io.BytesIO()
    segno.make(data, error="m", micro=False).save(out, kind="png", scale=scale, border=4)
    return out.getvalue()

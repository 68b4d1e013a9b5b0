"""Spreadsheets for tests: written by a library, or by hand where no library would write them."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from xml.sax.saxutils import escape

import xlsxwriter

#: Anything that a cell may hold.
Cell = object

_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_SHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_PARTS = {
    "[Content_Types].xml": (
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="xml" ContentType="application/xml"/></Types>'
    ),
    "_rels/.rels": (
        f'<Relationships xmlns="{_RELATIONS}"><Relationship Id="rId1" '
        f'Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
    ),
    "xl/workbook.xml": (
        f'<workbook xmlns="{_SHEET}" xmlns:r="{_OFFICE}"><sheets>'
        '<sheet name="Plan1" sheetId="1" r:id="rId1"/></sheets></workbook>'
    ),
    "xl/_rels/workbook.xml.rels": (
        f'<Relationships xmlns="{_RELATIONS}"><Relationship Id="rId1" '
        f'Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>'
    ),
}


def xlsx(sheets: Mapping[str, Sequence[Sequence[Cell]]], *, hidden: str = "") -> bytes:
    """A workbook as Excel would save it, with days and numbers that are no text."""
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True})
    day = book.add_format({"num_format": "dd/mm/yyyy"})
    for name, rows in sheets.items():
        sheet = book.add_worksheet(name)
        if name == hidden:
            sheet.hide()
        for place, row in enumerate(rows):
            for column, cell in enumerate(row):
                if isinstance(cell, date):
                    sheet.write_datetime(place, column, cell, day)
                elif isinstance(cell, str):
                    sheet.write_string(place, column, cell)
                elif cell is not None:
                    sheet.write(place, column, cell)
    book.close()
    return file.getvalue()


def raw_xlsx(sheet_data: Iterable[bytes]) -> bytes:
    """A workbook of one sheet with just this inside its data."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, text in _PARTS.items():
            archive.writestr(name, text)
        with archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as part:
            part.write(f'<worksheet xmlns="{_SHEET}"><sheetData>'.encode())
            for data in sheet_data:
                part.write(data)
            part.write(b"</sheetData></worksheet>")
    return file.getvalue()


def xlsb(rows: Sequence[tuple[int, Sequence[Cell]]]) -> bytes:
    """Excel's binary workbook: texts, numbers and days, each row under its number from 0."""
    width = max(len(cells) for _, cells in rows)
    data = [
        _part(148, struct.pack("<4I", rows[0][0], rows[-1][0], 0, width - 1)),  # BrtWsDim
        _part(145),  # BrtBeginSheetData
    ]
    for number, cells in rows:
        data.append(_part(0, struct.pack("<I", number) + bytes(13)))  # BrtRowHdr
        data += [_xlsb_cell(k, cell) for k, cell in enumerate(cells) if cell is not None]
    sheet = struct.pack("<2I", 0, 1) + _wide("rId1") + _wide("Carteira")
    general, day = struct.pack("<8H", *[0] * 8), struct.pack("<8H", 0, 14, *[0] * 6)
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in _PARTS.items():
            if name != "xl/workbook.xml":
                renamed = name.replace("workbook.xml", "workbook.bin")
                archive.writestr(renamed, text.replace("sheet1.xml", "sheet1.bin"))
        # BrtBundleSh, BrtEndBundleShs, BrtEndBook
        archive.writestr("xl/workbook.bin", _part(156, sheet) + _part(144) + _part(132))
        # BrtBeginCellXFs, two BrtXF
        formats = _part(617, struct.pack("<I", 2)) + _part(47, general) + _part(47, day)
        archive.writestr("xl/styles.bin", formats)
        archive.writestr("xl/worksheets/sheet1.bin", b"".join([*data, _part(146)]))
    return file.getvalue()


def _xlsb_cell(column: int, cell: Cell) -> bytes:
    if isinstance(cell, date):
        days = (cell - date(1899, 12, 30)).days
        return _part(5, struct.pack("<2Id", column, 1, days))  # BrtCellReal, of the second format
    if isinstance(cell, int | float):
        return _part(5, struct.pack("<2Id", column, 0, cell))
    return _part(6, struct.pack("<2I", column, 0) + _wide(str(cell)))  # BrtCellSt


def _part(kind: int, data: bytes = b"") -> bytes:
    """A record of a binary workbook: its kind and its length, seven bits a byte, and its data."""

    def number(value: int) -> bytes:
        low = [value & 0x7F]
        while value := value >> 7:
            low[-1] |= 0x80
            low.append(value & 0x7F)
        return bytes(low)

    return number(kind) + number(len(data)) + data


def _wide(text: str) -> bytes:
    return struct.pack("<I", len(text)) + text.encode("utf-16-le")


def ods(rows: Sequence[Sequence[Cell]], *, repeated: int = 1) -> bytes:
    """LibreOffice's format; the last row is said to come `repeated` times."""
    lines = []
    for place, row in enumerate(rows):
        times = repeated if place == len(rows) - 1 else 1
        cells = "".join(_ods_cell(cell) for cell in row)
        lines.append(
            f'<table:table-row table:number-rows-repeated="{times}">{cells}</table:table-row>'
        )
    names = "".join(
        f' xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for name in ("office", "table", "text")
    )
    content = (
        f'<office:document-content{names} office:version="1.2"><office:body><office:spreadsheet>'
        f'<table:table table:name="Parcelas">{"".join(lines)}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", kind, zipfile.ZIP_STORED)
        archive.writestr("content.xml", content)
        archive.writestr("META-INF/manifest.xml", _manifest(kind))
    return file.getvalue()


def _manifest(kind: str) -> str:
    space = "urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"
    entry = f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{kind}"/>'
    return f'<manifest:manifest xmlns:manifest="{space}">{entry}</manifest:manifest>'


def _ods_cell(cell: Cell) -> str:
    if cell is None:
        return "<table:table-cell/>"
    if isinstance(cell, date):
        said = f'office:value-type="date" office:date-value="{cell.isoformat()}"'
    elif isinstance(cell, int | float):
        said = f'office:value-type="float" office:value="{cell}"'
    else:
        said = 'office:value-type="string"'
    return f"<table:table-cell {said}><text:p>{escape(str(cell))}</text:p></table:table-cell>"

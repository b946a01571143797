"""The sentences of reading: what a file is instead of a table, why a line is no row, what is wrong with a cell."""

from django.utils.translation import gettext_lazy as _

from taawun.ground.values import refusal

_FILES = {
    "sheet.file_too_large": _("The file is larger than %(limit)s MB. Please split it into several files."),
    "sheet.file_empty": _("This file holds no table. Please check that it is the right one."),
    "sheet.file_missing": _("There is no such file. Please check its name and folder."),
    "sheet.file_folder": _("This is a folder. Please give the name of a file."),
    "sheet.file_forbidden": _("This file may not be read. Please check who owns it."),
    "sheet.file_unreadable": _("This file cannot be read: %(reason)s."),
    "sheet.not_a_table": _(
        "This is a file of the kind %(kind)s, not a table. Please give a CSV file or an Excel workbook."
    ),
    "sheet.html": _(
        "This is a web page under another name. Open it in a spreadsheet program and save it as XLSX or CSV."
    ),
    "sheet.xml": _("This is an XML file. Open it in a spreadsheet program and save it as XLSX or CSV."),
    "sheet.json": _("This is a JSON file, not a table. Please export it as CSV or XLSX."),
    "sheet.archive_broken": _("This workbook is damaged. Open it in a spreadsheet program and save it again."),
    "sheet.archive_entries": _(
        "This archive holds more than %(limit)s parts, which no sheet does. Please save the sheet again."
    ),
    "sheet.encrypted": _("This workbook has a password. Please save it without one and try again."),
    "sheet.bomb": _(
        "Unpacked, this file is far larger than it looks. At most %(limit)s MB are possible; save it as CSV."
    ),
    "sheet.xlsb": _("This is a binary Excel workbook (XLSB). Please save it as XLSX or CSV."),
    "sheet.other_document": _(
        "This is another kind of Office document, not a sheet. Please give a workbook or a CSV file."
    ),
    "sheet.numbers_app": _("This is a file of the program Numbers. Please export it there as Excel or CSV."),
    "sheet.zipped": _("This is an archive with files in it (%(files)s). Please unpack it and give one of them."),
    "sheet.no_workbook": _("This is an archive, but no workbook. Please give a CSV file or an Excel workbook."),
    "sheet.xml_entities": _("This workbook asks for other files, which no sheet needs. Save it again, or as CSV."),
    "sheet.too_many_columns": _("There are more than %(limit)s columns. Please delete those that are not needed."),
    "sheet.too_many_cells": _(
        "The sheet reaches to row %(rows)s and column %(columns)s, which is too much. Please delete the empty rest, or save it as CSV."
    ),
    "sheet.rows": _(
        "The sheet has %(rows)s rows. At most %(limit)s are possible: please split it into %(parts)s files."
    ),
    "sheet.zero_byte": _(
        "There is a zero byte in line %(line)s, so this is no text. Please save the table as “CSV UTF-8”."
    ),
    "sheet.quote_open": _("In line %(line)s a quotation mark is opened and never closed. Please close or delete it."),
    "sheet.cell_too_long": _("A cell in line %(line)s is longer than %(limit)s characters. Please shorten it."),
    "sheet.encoding_unknown": _("There is no encoding called “%(text)s” here. Please choose one from the list."),
    "sheet.encoding_wrong": _("This file cannot be read as %(text)s. Please choose another encoding."),
    "sheet.delimiter_unknown": _("“%(text)s” cannot part the cells. Please choose comma, semicolon, tab or |."),
    "sheet.no_such_sheet": _("There is no such sheet. The file has %(count)s."),
    "sheet.lexicon": _("The word list %(file)s cannot be read: %(reason)s."),
    "sheet.target": _("“%(target)s” is nothing a column can become. Please choose from the list."),
    "sheet.plan": _("This is no reading of a sheet. Please upload the file again."),
    "sheet.dates_open": _(
        "In the column “%(column)s”, is the day first or the month (%(example)s)? Please answer that first."
    ),
    "sheet.no_columns": _(
        "No column is what a list of needs or offers has. Is this the right sheet, and the right line of heads?"
    ),
    "sheet.note_renamed": _("The name ends in .%(told)s, but the file is %(kind)s. It was read as that."),
    "sheet.note_damaged": _("%(count)s letters are damaged and shown as �, the first in line %(line)s."),
    "sheet.note_encoding": _("The file does not say how it is written. It was read as %(encoding)s."),
    "sheet.note_hidden": _("There are hidden sheets: %(sheets)s."),
}

_ROWS = {
    "row.blank": _("This line is empty."),
    "row.title": _("This line stands above the table."),
    "row.header": _("This line names the columns."),
    "row.tags": _("This line holds tags for programs."),
    "row.label": _("This line explains the columns."),
    "row.control": _("This line belongs to a block of settings, not to the table."),
    "row.other_table": _("Another table begins in line %(start)s. Choose its line of heads to read it."),
    "row.boxes": _("Only empty check boxes are in this line."),
    "row.header_again": _("This line names the columns once more."),
    "row.total": _("This line is a total."),
    "row.heading": _("“%(text)s” stands alone, so this was taken for a heading."),
    "row.nothing": _("Nothing in this line is in a column that is read."),
    "row.done": _("This is not open any more (“%(said)s”)."),
}

_CELLS = {
    "cell.formula_error": _("The formula in this cell has failed (%(text)s). Please write the value."),
    "cell.same": _("“%(text)s” points to something that is not here. Please write it out."),
    "cell.unread": _("This cell cannot be read: %(reason)s"),
    "cell.missing_kind": _("It is not said what this is about. Please write it, such as “Cooked meal”."),
    "cell.missing_direction": _("It is not said whether this is a need or an offer. Please write one of the two."),
    "cell.ends_before": _("“%(text)s” lies before the beginning, “%(start)s”. Please check both."),
    "cell.no_day": _("“%(text)s” is not a day. Please write it such as 2026-05-14."),
    "cell.no_such_day": _("There is no day “%(text)s”. Please write it such as %(order)s."),
    "cell.year": _("The year in “%(text)s” cannot be right. Please check it."),
    "cell.no_hour": _("“%(text)s” is not an hour and was left out. Please write it such as 17:30."),
    "cell.no_degrees": _("“%(text)s” is not a number of degrees and was left out. Please write it such as 31.5204."),
    "cell.quantity_word": _("“%(word)s” is no unit we know; only the number was taken from “%(text)s”."),
    "cell.no_kind": _("“%(text)s” is in no list of kinds. Please write a kind from the list, such as “Cooked meal”."),
    "cell.no_direction": _("“%(text)s” says neither need nor offer. Please write one of the two."),
    "cell.no_plus_code": _("“%(text)s” is not a plus code and was left out. Please write it such as 8G4QGCCR+9V."),
    "cell.range": _("“%(text)s” is a range. Please write one number."),
    "cell.numbers": _("There are several numbers in “%(text)s”. Please write one."),
    "cell.no_urgency": _("“%(text)s” is no urgency and was left out. Please write now, soon, week or whenever."),
    "cell.no_status": _("“%(text)s” is no status we know, so this counts as open. Please write open or done."),
    "cell.no_visibility": _("“%(text)s” does not say who may see this, so only coordinators will."),
    "cell.no_weekday": _("“%(text)s” names no days and was left out. Please write days such as: mon, thu."),
    "cell.no_people": _("“%(text)s” is no number of people and was left out. Please write a number, such as 5."),
    "cell.no_email": _("“%(text)s” is no e-mail address and was left out. Please check it."),
    "place.half": _("Only one half of the point is there, so it was left out. Please write latitude and longitude."),
    "place.null": _("The point “%(text)s” lies in the sea off Africa, so it was left out."),
    "place.turned": _(
        "Latitude and longitude of “%(text)s” seem to be swapped, so the point was left out. Please swap them."
    ),
    "place.far": _("The point “%(text)s” lies far from here, so it was left out. Please check it."),
    "place.no_such": _("There is no point “%(text)s” on Earth, so it was left out. Please check it."),
    "phone.masked": _("The number “%(text)s” is masked, so it was left out. Please write all its digits."),
    "phone.no_number": _("There is no number in “%(text)s”, so it was left out. Please write digits."),
    "phone.kept": _(
        "“%(text)s” could not be checked and was kept as it is. Begin numbers with + and the country's code."
    ),
}

refusal.register({**_FILES, **_ROWS, **_CELLS})

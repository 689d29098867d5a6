import { malformed } from '../read-file.ts'
import { csvFile } from './csv-file.ts'
import { decodeText } from './decode-text.ts'
import { firstRows, LINE_END } from './parse-csv.ts'
import type { CsvForm, TableFile } from './table.ts'

/** The most lines that a header may have. */
const MOST_LINES = 200_000

/** Whether a text, or its bytes as Latin-1, is an ARFF file: its first line that is not a comment names a relation. */
export function isArff(text: string): boolean {
  return /^(\uFEFF|ï»¿)?(\s*(%.*)?(\r\n|\n|\r))*\s*@relation\b/i.test(text)
}

/**
 * Opens an ARFF file, the format of Weka and OpenML: its attributes name the columns, its data are a table.
 * Source: the Weka manual, "ARFF format".
 */
export function openArff(file: string): TableFile {
  const { content, encoding } = decodeText(file, null)
  const text = content.toString()
  const names: string[] = []
  const declared: number[] = []
  const lines = text.split(LINE_END, MOST_LINES)
  const data = lines.findIndex((line, i) => {
    const attribute = /^\s*@attribute\s+(?:'((?:[^'\\]|\\.)*)'|"([^"]*)"|(\S+))\s+(.*)$/i.exec(line)
    if (attribute !== null) {
      const [, single, double, bare, type] = attribute
      if (/^\s*\{/.test(type!)) declared.push(names.length)
      else if (!/^\s*(numeric|real|integer|string|date)/i.test(type!)) {
        throw malformed(file, `has an attribute of type ${type!.trim()} in line ${i + 1}`, undefined, i + 1)
      }
      names.push(single?.replace(/\\(.)/g, '$1') ?? double ?? bare!)
    }
    return /^\s*@data\b/i.test(line)
  })
  if (data < 0 || names.length === 0) {
    throw malformed(file, 'is not an ARFF file: it must have lines with @attribute, and one with @data')
  }
  const rest = lines.slice(data + 1)
  const first = rest.find((line) => line.trim() !== '' && !line.startsWith('%'))
  if (first?.trim().startsWith('{')) {
    throw malformed(file, 'is a sparse ARFF file; only dense ones are supported', undefined, data + 2)
  }
  const form: CsvForm = {
    delimiter: first !== undefined && !first.includes(',') && first.includes('\t') ? '\t' : ',',
    quote: rest.some((line) => /(^|,)\s*'/.test(line)) ? "'" : '"',
    comment: '%',
    decimal: '.',
    thousands: null,
    skip: data + 1,
    header: false,
    encoding,
  }
  const sample = firstRows(lines.slice(0, data + 200).join('\n'), form)
  return { ...csvFile(file, content, form, names, sample, []), declared }
}

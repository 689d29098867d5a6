import { escapeText, jsonForScript } from '../escape.ts'
import { PAGE_STYLE } from './style.ts'

export interface PageParts {
  readonly title: string
  /** The complete HTML of the body, but scripts. */
  readonly body: string
  /** What the script works on. */
  readonly data: unknown
  /** The bundled script. */
  readonly script: string
}

export { PAGE_STYLE }

/**
 * A whole page in one file: style, pictures, data and script are inside.
 * @param policy as a meta element; empty where a server sends it as a header
 */
export function pageDocument({ title, body, data, script }: PageParts, policy: string): string {
  return [
    '<!doctype html>',
    '<html lang="en">',
    '<head>',
    '<meta charset="utf-8">',
    ...(policy === '' ? [] : [`<meta http-equiv="Content-Security-Policy" content="${policy}">`]),
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    '<meta name="color-scheme" content="light dark">',
    '<link rel="icon" href="data:,">',
    `<title>${escapeText(title)}</title>`,
    `<style>${PAGE_STYLE}</style>`,
    '</head>',
    '<body>',
    body,
    `<script type="application/json" id="data">${jsonForScript(data)}</script>`,
    `<script>${script}</script>`,
    '</body>',
    '</html>',
    '',
  ].join('\n')
}

/** The policy of a page: nothing from outside, and of styles and scripts only the page's own, by their SHA-256. */
export function pagePolicy(scriptHash: string, styleHash: string): string {
  return `default-src 'none'; script-src 'sha256-${scriptHash}'; style-src 'sha256-${styleHash}'; img-src data:; base-uri 'none'; form-action 'none'`
}

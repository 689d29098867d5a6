/** Throws unless the text is one well-formed element: tags nest, attributes are quoted and not repeated, no stray sign. */
export function parseXml(text: string): void {
  const open: string[] = []
  const token = /<\/([\w:-]+)>|<([\w:-]+)((?:\s+[\w:-]+="[^"<]*")*)\s*(\/?)>|([^<]+)/gy
  let at = 0
  let roots = 0
  for (const source = text.trimEnd(); at < source.length; at = token.lastIndex) {
    token.lastIndex = at
    const match = token.exec(source)
    if (match === null) throw new Error(`not well-formed at ${at}: ${source.slice(at, at + 80)}`)
    const [, closing, opening, attributes = '', empty, words] = match
    if (
      words !== undefined &&
      (open.length === 0 ? words.trim() !== '' : /&(?!(amp|lt|gt|quot|#39);)/.test(words))
    ) {
      throw new Error(`stray text at ${at}: ${words.slice(0, 80)}`)
    }
    if (closing !== undefined && open.pop() !== closing)
      throw new Error(`</${closing}> closes nothing, at ${at}`)
    if (opening !== undefined) {
      const names = [...attributes.matchAll(/\s([\w:-]+)="/g)].map((each) => each[1])
      if (new Set(names).size < names.length) throw new Error(`an attribute twice at ${at}: ${attributes}`)
      if (open.length === 0) roots++
      if (empty === '') open.push(opening)
    }
    // biome-ignore lint/suspicious/noControlCharactersInRegex: XML does not allow them
    if (/[\u0000-\u0008\u000b\u000c\u000e-\u001f]/.test(match[0]))
      throw new Error(`a control character at ${at}`)
  }
  if (open.length > 0 || roots !== 1) throw new Error(`${open.length} elements stay open, ${roots} roots`)
}

let codes: Set<string> | undefined

/** The ISO 4217 codes of currencies. */
export function currencyCodes(): Set<string> {
  codes ??= new Set(Intl.supportedValuesOf('currency'))
  return codes
}

// Names of countries from their two letters; what is no code stays as it is.
const names = new Intl.DisplayNames('en', { type: 'region', fallback: 'none' });

export function countryName(code: string): string {
  if (!/^[A-Z]{2}$/.test(code)) return code || 'unknown';
  try {
    return names.of(code) ?? code;
  } catch {
    return code;
  }
}

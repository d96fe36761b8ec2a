// What the server asks of a password, said before it is asked.
export const PASSWORD_MIN = 12;

export function passwordProblem(password: string, again: string): string {
  if ([...password].length < PASSWORD_MIN) return `At least ${PASSWORD_MIN} characters.`;
  if (password !== again) return 'The two are not the same.';
  return '';
}

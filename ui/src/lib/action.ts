// Recommended actions in words.
const WORDS: Record<string, string> = {
  BLOCK_IP: 'Block the address',
  RATE_LIMIT_IP: 'Limit the rate of the address',
  RATE_LIMIT_USER: 'Limit the rate of the user',
  LOCK_ACCOUNT: 'Lock the account',
  SUSPEND_USER: 'Suspend the user',
  REVOKE_SESSIONS: 'End the sessions of the user',
  REVOKE_API_KEY: 'Revoke the API key',
  REQUIRE_CAPTCHA: 'Ask for a captcha',
  BLOCK_ALL_TRAFFIC: 'Block all traffic',
  ENABLE_ENHANCED_MONITORING: 'Watch more closely',
  CAPTURE_EVIDENCE: 'Keep the evidence',
  NOTIFY: 'Tell somebody',
  CREATE_TICKET: 'Make a ticket',
  CREATE_INCIDENT: 'Make an incident',
};

export function actionWord(action: string): string {
  return WORDS[action] ?? action;
}

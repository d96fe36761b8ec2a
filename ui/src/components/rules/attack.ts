// Tags of rules: which of them name something of MITRE ATT&CK, and where it is described.
const TACTICS: Record<string, [string, string]> = {
  reconnaissance: ['TA0043', 'Reconnaissance'],
  'resource-development': ['TA0042', 'Resource development'],
  'initial-access': ['TA0001', 'Initial access'],
  execution: ['TA0002', 'Execution'],
  persistence: ['TA0003', 'Persistence'],
  'privilege-escalation': ['TA0004', 'Privilege escalation'],
  'defense-evasion': ['TA0005', 'Defense evasion'],
  'credential-access': ['TA0006', 'Credential access'],
  discovery: ['TA0007', 'Discovery'],
  'lateral-movement': ['TA0008', 'Lateral movement'],
  collection: ['TA0009', 'Collection'],
  exfiltration: ['TA0010', 'Exfiltration'],
  'command-and-control': ['TA0011', 'Command and control'],
  impact: ['TA0040', 'Impact'],
};

export interface Tag {
  text: string;
  href: string | null;
  title: string;
}

export function readTag(tag: string): Tag {
  const plain: Tag = { text: tag, href: null, title: '' };
  const [group, ...rest] = tag.toLowerCase().split('.');
  const name = rest.join('.').replaceAll('_', '-');
  if (group === 'cve') return { text: `CVE-${rest.join('-')}`.toUpperCase(), href: null, title: '' };
  if (group !== 'attack') return plain;

  const technique = /^t(\d{4})(?:\.(\d{3}))?$/.exec(name);
  if (technique) {
    const [, number, sub] = technique;
    const path = sub ? `T${number}/${sub}` : `T${number}`;
    return {
      text: sub ? `T${number}.${sub}` : `T${number}`,
      href: `https://attack.mitre.org/techniques/${path}/`,
      title: 'ATT&CK technique',
    };
  }
  if (!Object.hasOwn(TACTICS, name)) return plain;
  const [id, word] = TACTICS[name]!;
  return { text: word, href: `https://attack.mitre.org/tactics/${id}/`, title: `ATT&CK tactic ${id}` };
}

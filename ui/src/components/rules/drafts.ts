// Changes of rules that are being tried, by the rule's id; kept until the page is left.
export const drafts = new Map<string, string>();

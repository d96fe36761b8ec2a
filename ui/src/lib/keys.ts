export { bindKeys, keySheet, type KeyMap, type SheetGroup } from './keys.svelte';

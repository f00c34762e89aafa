/**
 * Whether a password is one of those that are tried first: a common word or row of keys, alone, repeated, or with figures
 * and marks around it; or made of little else than the user's or the product's name.
 */
export function isCommonPassword(password: string, username: string): boolean {
  const lower = password.toLowerCase();
  const core = lower.replace(/[^a-z]/g, '');
  if (new Set(lower).size < 4) return true;
  if (/^(?:0123456789|1234567890|9876543210|123456789)+\d*$/.test(lower)) return true;
  const plain = deLeet(lower).replace(/[^a-z]/g, '');
  const words = [...COMMON, username.toLowerCase(), 'deckwatch'];
  return words.some((word) => isMadeOf(core, word) || isMadeOf(plain, word));
}

/** A word once or several times, with at most three letters more. */
function isMadeOf(text: string, word: string): boolean {
  if (word.length < 4 || !text.includes(word)) return false;
  return text.replaceAll(word, '').length <= 3;
}

const LEET: Record<string, string> = { '0': 'o', '1': 'i', '3': 'e', '4': 'a', '5': 's', '7': 't', '@': 'a', $: 's', '!': 'i' }; // prettier-ignore

function deLeet(text: string): string {
  return text.replace(/[013457@$!]/g, (mark) => LEET[mark] ?? mark);
}

const COMMON = (
  'password passwort passw0rd motdepasse contrasena administrator admin root toor letmein welcome qwerty qwertz azerty ' +
  'asdfgh asdfghjkl qwertyuiop zxcvbnm yxcvbnm qazwsx iloveyou monkey dragon football baseball master superman batman ' +
  'trustno sunshine princess shadow michael jennifer jordan hunter ranger buster soccer hockey killer george charlie ' +
  'andrew michelle jessica pepper daniel access love secret summer winter spring autumn flower cheese computer internet ' +
  'server docker container changeme default guest test tester testing demo temp temporary login hello freedom whatever ' +
  'starwars pokemon google facebook linkedin amazon apple microsoft windows ubuntu debian linux kubernetes monitor ' +
  'correcthorsebatterystaple abcdef abcdefgh abcdefghij'
).split(' ');

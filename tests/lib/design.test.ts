import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const CSS = readFileSync('app/globals.css', 'utf8');
const DOC = readFileSync('docs/design.md', 'utf8');
const SCHEMES = ['light', 'dark'] as const;

/** Every colour of the shop: those that turn with the scheme, and those of the night, which do not. */
const TOKENS = new Map<string, { light: string; dark: string }>();
for (const [, name, light, dark] of CSS.matchAll(/--([\w-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\);/g))
  TOKENS.set(name!, { light: light!, dark: dark! });
for (const [, name, colour] of CSS.matchAll(/--color-([\w-]+): (#[0-9a-f]{6});/g))
  TOKENS.set(name!, { light: colour!, dark: colour! });

const TEXT = 4.5; // WCAG 2.2, 1.4.3
const PARTS = 3; // WCAG 2.2, 1.4.11

/** What stands on what, and how much contrast that needs. */
const PAIRS: [front: string, backs: string[], least: number][] = [
  ['ink', ['paper', 'card', 'sunken'], TEXT],
  ['muted', ['paper', 'card', 'sunken'], TEXT],
  ['good', ['paper', 'card', 'sunken'], TEXT],
  ['warn', ['paper', 'card', 'sunken'], TEXT],
  ['bad', ['paper', 'card', 'sunken'], TEXT],
  ['paper', ['ink'], TEXT],
  ['accent-ink', ['accent', 'accent-strong'], TEXT],
  ['starlight', ['night', 'night-soft'], TEXT],
  ['dusk', ['night', 'night-soft'], TEXT],
  ['moon', ['night', 'night-soft'], TEXT],
  ['edge', ['paper', 'card', 'sunken'], PARTS],
  ['focus', ['paper', 'card', 'sunken'], PARTS],
  ['good', ['line'], PARTS],
  ['warn', ['line'], PARTS],
  ['night-edge', ['night', 'night-soft'], PARTS],
  ['moon', ['night-line'], PARTS],
];

function luminance(colour: string): number {
  const [r, g, b] = [1, 3, 5]
    .map((at) => Number.parseInt(colour.slice(at, at + 2), 16) / 255)
    .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
}

/** As WCAG defines it: 1 to 21. */
function contrast(one: string, other: string): number {
  const [darker, lighter] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (lighter! + 0.05) / (darker! + 0.05);
}

const measured = (front: string, back: string) =>
  SCHEMES.map((scheme) => contrast(TOKENS.get(front)![scheme], TOKENS.get(back)![scheme]));

test('contrast is counted as WCAG counts it', () => {
  expect(contrast('#000000', '#ffffff')).toBe(21);
  expect(contrast('#777777', '#ffffff')).toBeCloseTo(4.48, 2);
});

test.each(PAIRS)('%s can be told from %s by day and by night: %s', (front, backs, least) => {
  for (const back of backs)
    for (const ratio of measured(front, back)) expect(ratio, `${front} on ${back}`).toBeGreaterThanOrEqual(least);
});

test('docs/design.md tells every colour and every contrast as they are', () => {
  expect(TOKENS.size).toBeGreaterThan(15);
  const tokens = [...TOKENS].map(([name, { light, dark }]) => `| \`${name}\` | \`${light}\` | \`${dark}\` |`);
  const contrasts = PAIRS.flatMap(([front, backs, least]) =>
    backs.map((back) => {
      const [light, dark] = measured(front, back).map((ratio) => (Math.floor(ratio * 10) / 10).toFixed(1));
      return `| \`${front}\` on \`${back}\` | ${light} | ${dark} | ${least} |`;
    }),
  );
  for (const line of [...tokens, ...contrasts]) expect(DOC).toContain(line);
});

test('the browser’s own bars have the colour of the page', () => {
  const { light, dark } = TOKENS.get('paper')!;
  expect(readFileSync('components/shell/theme.tsx', 'utf8')).toContain(`{ light: '${light}', dark: '${dark}' }`);
});

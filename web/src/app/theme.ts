// The looks that Mantine's components take from us. Every pair of text and ground here meets
// WCAG 2.2 AA in both schemes; colours that mean something (lanes, states, charts) are the tokens
// in `tokens.css`, so that a screen never writes a colour of its own.
import {
  type CSSVariablesResolver,
  createTheme,
  type MantineColorsTuple,
  NativeSelect,
  Table,
  Tooltip,
} from '@mantine/core';

/** Deep water: the one colour of acting. */
const sluice: MantineColorsTuple = [
  '#eef6f8',
  '#d8e9ee',
  '#b0d3dd',
  '#84bbca',
  '#5ea5b8',
  '#3f8ea4',
  '#26788f',
  '#14647a',
  '#0b5265',
  '#063f4f',
];
const gray: MantineColorsTuple = [
  '#f6f8f9',
  '#edf1f3',
  '#e1e7ea',
  '#d0d9de',
  '#b4c0c8',
  '#7d8c97',
  '#53626d',
  '#404e58',
  '#2d3942',
  '#1c252c',
];
const dark: MantineColorsTuple = [
  '#e1e7ec',
  '#c8d1d8',
  '#aeb9c3',
  '#97a4b0',
  '#56636f',
  '#3b4751',
  '#262f37',
  '#161c21',
  '#11161a',
  '#0b0f12',
];
const red: MantineColorsTuple = [
  '#fdf1f0',
  '#fadedb',
  '#f4bbb6',
  '#ee958d',
  '#e4695f',
  '#d6483d',
  '#c4372c',
  '#b02a20',
  '#8f2018',
  '#6f1812',
];

export const theme = createTheme({
  primaryColor: 'sluice',
  primaryShade: 7,
  colors: { sluice, gray, dark, red },
  black: '#161d23',
  fontFamily: 'var(--font)',
  fontFamilyMonospace: 'var(--font-code)',
  headings: {
    fontFamily: 'var(--font)',
    fontWeight: '650',
    sizes: {
      h1: { fontSize: '1.375rem', lineHeight: '1.3' },
      h2: { fontSize: '1.0625rem', lineHeight: '1.4' },
      h3: { fontSize: '0.9375rem', lineHeight: '1.4' },
    },
  },
  defaultRadius: 'sm',
  focusRing: 'auto',
  cursorType: 'pointer',
  respectReducedMotion: true,
  components: {
    Table: Table.extend({ defaultProps: { verticalSpacing: 6, fz: 'sm' } }),
    NativeSelect: NativeSelect.extend({ defaultProps: { size: 'sm' } }),
    Tooltip: Tooltip.extend({ defaultProps: { withArrow: true, openDelay: 300 } }),
  },
});

/** What Mantine's own defaults miss of the contrast that is asked. */
export const resolver: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    '--mantine-color-placeholder': gray[6],
    '--mantine-color-error': red[7],
    '--mantine-color-anchor': sluice[7],
    '--mantine-color-sluice-light-color': sluice[8],
    '--mantine-color-red-light-color': red[8],
    '--mantine-color-gray-light-color': gray[8],
    '--mantine-color-default-border': gray[5],
  },
  dark: {
    '--mantine-color-placeholder': dark[3],
    '--mantine-color-error': red[3],
    '--mantine-color-anchor': sluice[3],
    '--mantine-color-sluice-light-color': sluice[2],
    '--mantine-color-red-light-color': red[2],
    '--mantine-color-gray-light-color': dark[0],
    '--mantine-color-default-border': '#6b7884',
  },
});

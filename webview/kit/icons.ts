/**
 * The codicons that are drawn inside the graph, where no CSS class can place a glyph: name and character.
 * Everywhere else the class of the same name is used.
 */
export const GLYPHS = {
  'circle-large-outline': '\uebb5',
  'circle-filled': '\uea71',
  bell: '\ueaa2',
  pass: '\ueba4',
  error: '\uea87',
  'circle-slash': '\ueabd',
  'stop-circle': '\ueba5',
  question: '\ueb32',
  'debug-pause': '\uead1',
  'debug-disconnect': '\uead0',
  warning: '\uea6c',
  history: '\uea82',
  'credit-card': '\ueac9',
  'arrow-swap': '\uebcb',
} as const;

/** In a dot the circle is drawn already: only the sign inside it, and nothing where the circle says enough. */
export const DOT_GLYPHS: Readonly<Record<IconName, string>> = {
  ...GLYPHS,
  'circle-large-outline': '',
  'circle-slash': '',
  pass: '\ueab2',
  error: '\uea76',
};

export type IconName = keyof typeof GLYPHS;

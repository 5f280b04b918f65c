/**
 * The codicons that are drawn inside the graph, where no CSS class can place a glyph: name and character.
 * Everywhere else the class of the same name is used.
 */
export const GLYPHS = {
  'circle-large-outline': '\uebb5',
  'circle-large-filled': '\uebb4',
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
} as const;

export type IconName = keyof typeof GLYPHS;

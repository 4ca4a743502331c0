/** What a file chooser offers, and what a dropped file may be. */
export const SUFFIXES = [".json", ".svg", ".inkml", ".xopp", ".svgz", ".xml"];

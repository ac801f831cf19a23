/**
 * A part of a picture in the models' coordinates: left, top, right, bottom, each from 0 to 1000 of the
 * picture's side.
 */
export type Box = readonly [left: number, top: number, right: number, bottom: number];

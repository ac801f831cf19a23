/**
 * A part of a picture in the models' coordinates: left, top, right and bottom, each from 0 to 1000 across the picture.
 */
export type Box = readonly [left: number, top: number, right: number, bottom: number];

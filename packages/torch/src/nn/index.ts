export { type AttentionOptions, attention, explicitAttention } from './attention.js';
export { BatchNorm1d, Dropout, Embedding, LayerNorm, Linear, RMSNorm } from './layers.js';
export { Module, parameter, type StateFit } from './module.js';

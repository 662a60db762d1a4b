'use client';

export { default } from '#app/[lang]/(shop)/error.tsx';

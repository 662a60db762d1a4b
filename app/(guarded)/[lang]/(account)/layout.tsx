export { default } from '#app/[lang]/(shop)/layout.tsx';

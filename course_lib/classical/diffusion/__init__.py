"""From data to noise and back, in NumPy: what is exact about diffusion and flow matching; no network, no framework.

=============  ========================================================================================================
`schedules`    how much noise at which time: β, ᾱ, signal to noise; the times at which a sampler stops
`forward`      adding noise: in one step, in closed form, and the way one step back if the clean value is known
`predictions`  four names for one thing: clean value, noise, v, score; what each makes of a squared error
`gaussian`     the best possible denoiser of normal data: a straight line
`mixture`      the best possible denoiser, the score and the velocity of a mixture of normal distributions
`empirical`    the best possible denoiser of a finite set: an average, weighted by distance
`samplers`     DDPM and DDIM: from noise to data with any denoiser
`langevin`     a walk by the score alone
`flow`         flow matching: straight lines from noise to data, and their velocity
`ode`          along a field of velocities: Euler, midpoint, Heun, Runge-Kutta; likelihoods; the probability flow
`guidance`     classifier-free guidance, and what it does to normal distributions, exactly
`inpainting`   filling a hole by replacement, and with repeats (RePaint)
`bounds`       the evidence lower bound, term by term
=============  ========================================================================================================

Two clocks. Diffusion counts whole steps t from 0, the clean data, to T, the noise; ``alpha_bars[t]`` is ᾱ at time t,
and ``alpha_bars[0]`` is 1. Flow matching has a real time t from 0, the noise, to 1, the data. At every time of both, a
noisy value is ``signal · clean + sigma · noise`` with standard normal noise: (√ᾱ, √(1 - ᾱ)) in the one, (t, 1 - t) in
the other.
"""

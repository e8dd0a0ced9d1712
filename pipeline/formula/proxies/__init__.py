"""Proxies of mechanisms as functions of the formula language, one module a family.

| module | family | functions |
|---|---|---|
| `growth.py` | productivity by growth accounting, misallocation | `solow`, `distortion`,
`misallocation` | | `malmquist.py` | productivity by linear programming | `malmquist`, its two
parts, `malmquist_level` | | `frontier.py` | technical efficiency by maximum likelihood | `frontier`
| | `structure.py` | industry, urban and rural, services | `layer`, `moore`, `moore_sum`,
`herfindahl`, `equality`, `dual_contrast` | | `coupling.py` | coupling coordination of subsystems |
`coupling_degree`, `coordination` | | `breaks.py` | series whose definition breaks | `splice` |

Proxies that need no function, as they are formulas already:

| proxy | formula |
|---|---|
| capital stock, perpetual inventory K_t = I_t/P_t + (1 - d) K_(t-1) | `stock(deflate(investment,
price_index), 0.096)` | | advancement of industry (产业结构高级化) | `va3 / va2` |
| rationalisation of industry (合理化) | `-theil([va1, va2, va3], [l1, l2, l3])` |
| urban-rural ratio | `income_u / income_r` |
| urban-rural Theil, sum_k (Y_k/Y) ln[(Y_k/Y)/(P_k/P)] | `theil([income_u * pop_u, income_r *
pop_r], [pop_u, pop_r])` | | signed distortion tau = 1/gamma - 1 (too little of the factor:
positive) | `1 / distortion(gdp, capital) - 1` |

Every function takes grids (provinces, years) in any unit unless it says otherwise. A cell whose
arguments are missing is missing in the result; a cell whose arguments are there but outside the
domain is infinite, which `evaluate` reports.
"""

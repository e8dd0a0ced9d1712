# R 4.2.2, plm 2.6-2, sandwich 3.0-2: Rscript derive.R
# Grunfeld's ten firms, whole and without the rows named in gaps.
suppressPackageStartupMessages({library(plm); library(sandwich)})
data(Grunfeld, package = "plm")
gaps <- c(3, 4, 27, 60, 61, 62, 100, 121, 199)
rows <- function(sample, model, what, value) {
  data.frame(sample, model, what, value = format(value[1], digits = 15),
             capital = format(value[2], digits = 15))
}
errors <- function(v) unname(sqrt(diag(as.matrix(v))))
slopes <- function(x) x[length(x) - 1:0]
one <- function(sample, d) {
  m <- plm(inv ~ value + capital, d, model = "within", effect = "twoways")
  l <- lm(inv ~ value + capital, d)
  kraay <- lapply(c(0, 1, 2, 4), function(k) {
    rows(sample, "two_way_within", paste0("driscoll_kraay_", k), errors(vcovSCC(m, maxlag = k)))
  })
  rbind(
    rows(sample, "two_way_within", "beta", unname(coef(m))),
    do.call(rbind, kraay),
    rows(sample, "two_way_within", "white",
         errors(vcovHC(m, method = "white1", type = "HC0"))),
    rows(sample, "two_way_within", "both_raw", errors(vcovDC(m))),
    rows(sample, "pooled", "beta", slopes(unname(coef(l)))),
    rows(sample, "pooled", "both", slopes(errors(vcovCL(l, ~ firm + year, type = "HC1"))))
  )
}
out <- rbind(one("whole", Grunfeld), one("unbalanced", Grunfeld[-gaps, ]))
write.csv(out, "numbers.csv", row.names = FALSE, quote = FALSE)

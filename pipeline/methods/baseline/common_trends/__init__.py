"""Does the coefficient survive common trends, and dependence between neighbours?"""
